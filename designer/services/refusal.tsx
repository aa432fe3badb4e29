import type { Problem } from '@heddle/engine/api/contract';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';

/** Why the engine refused something, with every place that it names. */
export function Refusal({ error }: { readonly error: Error }) {
  const { t } = useTranslation('services');
  const problems = (error instanceof ApiError ? (error.document.problems as readonly Problem[] | undefined) : []) ?? [];
  const told = problems.filter(({ pointer, message }) => pointer !== '' || !error.message.includes(message));
  return (
    <div className="heddle-refusal" role="alert">
      <p>
        {error instanceof ApiError ? <code>{error.code}</code> : null} {error.message}
      </p>
      {told.length > 0 ? (
        <ul>
          {told.slice(0, 20).map(({ pointer, message }) => (
            <li key={`${pointer} ${message}`}>
              {message}
              {pointer === '' ? null : <span className="heddle-aside">{t('problem.at', { pointer })}</span>}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
