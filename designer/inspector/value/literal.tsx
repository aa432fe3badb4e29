import type { Json } from '@heddle/engine/errors';
import { Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { choicesOf, isDecimalText, keyword, textKeyword, typeOfJson, typesOf } from '../../model/data-schema.ts';
import { useScene, type WidgetProps } from '../scene.ts';
import { useTextDraft } from '../use-text-draft.ts';
import { AnyLiteral } from './any-literal.tsx';
import { ListFields } from './list-fields.tsx';
import { ObjectFields } from './object-fields.tsx';

/** A value as it is, by what its schema allows; one that does not fit its schema is shown as what it is. */
export function Literal(props: WidgetProps) {
  const { field, value } = props;
  const choices = choicesOf(field.schema);
  const types = typesOf(field.schema).filter((type) => type !== 'null');
  const [type] = types;
  const fits =
    value === undefined ||
    value === '' ||
    types.some((one) => one === typeOfJson(value) || (one === 'number' && typeof value === 'number'));
  if (choices !== undefined && choices.length > 0) return <ChoiceLiteral {...props} choices={choices} />;
  if (types.length !== 1 || !fits) return <AnyLiteral {...props} />;
  switch (type) {
    case 'boolean':
      return <ChoiceLiteral {...props} choices={[true, false]} />;
    case 'integer':
    case 'number':
      return <NumberLiteral {...props} isInteger={type === 'integer'} />;
    case 'object':
      return <ObjectFields {...props} />;
    case 'array':
      return <ListFields {...props} />;
    default:
      return <TextLiteral {...props} />;
  }
}

function ChoiceLiteral({ path, value, id, choices }: WidgetProps & { readonly choices: readonly Json[] }) {
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const named = (choice: Json) =>
    typeof choice === 'boolean'
      ? t(choice ? 'yes' : 'no')
      : typeof choice === 'string'
        ? choice
        : JSON.stringify(choice);
  const all = value === undefined || choices.includes(value) ? choices : [...choices, value];
  return (
    <Select
      id={id}
      style={{ width: '100%' }}
      value={value === undefined ? null : JSON.stringify(value)}
      disabled={readOnly}
      placeholder={t('pick')}
      {...(all === choices ? {} : { status: 'error' as const })}
      options={all.map((choice) => ({ value: JSON.stringify(choice), label: named(choice) }))}
      onChange={(next: string | null) => next !== null && change(path, JSON.parse(next) as Json)}
    />
  );
}

function NumberLiteral({ field, path, value, id, isInteger }: WidgetProps & { readonly isInteger: boolean }) {
  const { change, readOnly } = useScene();
  return (
    <InputNumber
      id={id}
      style={{ width: '100%' }}
      value={typeof value === 'number' ? value : null}
      disabled={readOnly}
      {...(isInteger ? { precision: 0 } : {})}
      placeholder={placeholderOf(field)}
      onChange={(next) => change(path, next ?? undefined)}
    />
  );
}

/** What the value is without being given. */
function placeholderOf({ schema }: WidgetProps['field']): string {
  const fallback = keyword(schema, 'default');
  return typeof fallback === 'string' || typeof fallback === 'number' ? String(fallback) : '';
}

function TextLiteral({ field, path, value, id }: WidgetProps) {
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const { text, type, flush } = useTextDraft(typeof value === 'string' ? value : '', (next) =>
    change(path, next === '' && !field.required ? undefined : next),
  );
  const format = textKeyword(field.schema, 'format');
  const isLong = text.length > 60 || text.includes('\n');
  if (isLong) {
    return (
      <Input.TextArea
        id={id}
        value={text}
        autoSize={{ minRows: 2, maxRows: 10 }}
        disabled={readOnly}
        onChange={(event) => type(event.target.value)}
        onBlur={flush}
      />
    );
  }
  return (
    <Input
      id={id}
      value={text}
      disabled={readOnly}
      {...(format === 'date' ? { type: 'date' } : {})}
      {...(isDecimalText(field.schema) ? { inputMode: 'decimal' as const } : {})}
      placeholder={textKeyword(field.schema, 'description') ?? t('empty')}
      onChange={(event) => type(event.target.value)}
      onBlur={flush}
    />
  );
}
