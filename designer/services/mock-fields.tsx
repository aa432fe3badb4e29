import { Input, InputNumber, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Labelled } from '../ui/labelled.tsx';
import type { MockForm } from './policy-edit.ts';

/** What a mock can fail with, as the engine knows it (engine/services/policy-schema.ts). */
const codes = [
  'SERVICE_UNAVAILABLE',
  'SERVICE_ERROR',
  'SERVICE_REFUSED',
  'SERVICE_OVERLOADED',
  'DEADLINE_EXCEEDED',
  'OUTCOME_UNKNOWN',
] as const;

const kinds = ['output', 'error', 'examples'] as const;

/** What answers in place of the service. */
export function MockFields({
  form,
  onChange,
}: {
  readonly form: MockForm;
  readonly onChange: (next: MockForm) => void;
}) {
  const { t } = useTranslation('services');
  const { kind, delayMs } = form;
  const pick = (next: MockForm['kind']) => {
    if (next === kind) return;
    if (next === 'error') return onChange({ kind: next, code: codes[0], message: '', delayMs });
    const text = form.kind === 'error' ? 'null' : form.text;
    if (next === 'output') return onChange({ kind: next, text: form.kind === 'examples' ? 'null' : text, delayMs });
    return onChange({ kind: next, text: inList(text), delayMs });
  };
  return (
    <div className="heddle-mock">
      <p className="heddle-faint">{t('policy.mock.help')}</p>
      <Segmented
        size="small"
        aria-label={t('policy.mock.kind')}
        value={kind}
        options={kinds.map((value) => ({ value, label: t(`policy.mock.kinds.${value}`) }))}
        onChange={pick}
      />
      {form.kind === 'error' ? (
        <div className="heddle-policy-fields">
          <Labelled label={t('policy.mock.code')}>
            {(id) => (
              <Select
                id={id}
                aria-label={t('policy.mock.code')}
                popupMatchSelectWidth={false}
                value={form.code}
                options={codes.map((value) => ({ value, label: value }))}
                onChange={(code) => onChange({ ...form, code })}
              />
            )}
          </Labelled>
          <Labelled label={t('policy.mock.message')}>
            {(id) => (
              <Input
                id={id}
                maxLength={500}
                value={form.message}
                onChange={({ target }) => onChange({ ...form, message: target.value })}
              />
            )}
          </Labelled>
        </div>
      ) : (
        <Labelled label={form.kind === 'output' ? t('policy.mock.output') : t('policy.mock.examples')}>
          {(id) => (
            <>
              <Input.TextArea
                id={id}
                className="heddle-code"
                autoSize={{ minRows: 4, maxRows: 16 }}
                spellCheck={false}
                value={form.text}
                onChange={({ target }) => onChange({ ...form, text: target.value })}
              />
              {form.kind === 'examples' ? <span className="heddle-faint">{t('policy.mock.examplesHelp')}</span> : null}
            </>
          )}
        </Labelled>
      )}
      <div className="heddle-policy-fields">
        <Labelled label={t('policy.mock.delay')}>
          {(id) => (
            <InputNumber
              id={id}
              min={0}
              max={60_000}
              precision={0}
              value={delayMs ?? null}
              onChange={(value) => onChange({ ...form, delayMs: value ?? undefined })}
            />
          )}
        </Labelled>
      </div>
    </div>
  );
}

/** An answer as the first of several examples; what is no JSON yet stands as null. */
function inList(text: string): string {
  let output: unknown = null;
  try {
    output = JSON.parse(text);
  } catch {
    // Half typed: the list begins with an empty answer.
  }
  return JSON.stringify([{ output, weight: 1 }], null, 2);
}
