import type { Json } from '@heddle/engine/errors';
import { useTranslation } from 'react-i18next';
import { resolveLogic, resolveValue, type TrialPlace } from '../../model/data-sample.ts';

const maxShown = 160;

/** One line of a value, cut where it gets long. */
export function shortJson(value: Json | undefined): string {
  if (value === undefined) return '';
  const text = JSON.stringify(value);
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}

/** What an expression gives with the data of the last run, or with samples, shown below it. */
export function Resolved(props: { readonly value: Json; readonly logic?: boolean; readonly place: TrialPlace }) {
  const { t } = useTranslation('inspector');
  const resolved = (props.logic ? resolveLogic : resolveValue)(props.value, props.place);
  return (
    <output className="heddle-i-resolved" data-ok={resolved.ok} title={t('resolvedHint')}>
      {resolved.ok ? `= ${shortJson(resolved.value)}` : resolved.message}
    </output>
  );
}
