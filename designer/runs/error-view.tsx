import type { ErrorInfo } from '@heddle/engine/api/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { JsonView } from '../ui/json-view/index.ts';

/** An error with everything that helps to mend it: code, words, HTTP status, node, details. */
export function ErrorView({ error, flowId }: { readonly error: ErrorInfo; readonly flowId: string }) {
  const { t } = useTranslation('runs');
  const { details } = error;
  const httpStatus = (details as { readonly status?: unknown } | undefined)?.status;
  return (
    <div className="heddle-error">
      <p>
        <code className="heddle-bad">{error.code}</code> {error.message}
      </p>
      {typeof httpStatus === 'number' ? <p className="heddle-sub">{`${t('step.httpStatus')}: ${httpStatus}`}</p> : null}
      {error.node === undefined ? null : (
        <p>
          <Link to="/app/designer/$flowId" params={{ flowId }} search={{ node: error.node }}>
            {`${t('step.toNode')}: ${error.node}`}
          </Link>
        </p>
      )}
      {details === undefined ? null : <JsonView value={details} label={t('step.details')} />}
    </div>
  );
}
