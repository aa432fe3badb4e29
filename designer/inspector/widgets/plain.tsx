import type { Json } from '@heddle/engine/errors';
import { AutoComplete, Input, InputNumber, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { choicesOf, isObject, keyword } from '../../model/data-schema.ts';
import { Row } from '../field.tsx';
import { useChoiceLabels } from '../labels.ts';
import { useScene, type WidgetProps } from '../scene.ts';
import { useTextDraft } from '../use-text-draft.ts';

/** One line of text. An empty one takes the property away, unless it is required. */
export function TextWidget({ field, path, value, label, id }: WidgetProps) {
  const { change, readOnly } = useScene();
  const shown = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  const { text, type, flush } = useTextDraft(shown, (next) =>
    change(path, next === '' && !field.required ? undefined : next),
  );
  const long = Number(keyword(field.schema, 'maxLength') ?? 0) > 1_000;
  const Control = long ? Input.TextArea : Input;
  return (
    <Row id={id} label={label} required={field.required} path={path}>
      <Control
        id={id}
        value={text}
        disabled={readOnly}
        {...(long ? { autoSize: { minRows: 1, maxRows: 8 } } : {})}
        placeholder={hint(field.schema)}
        onChange={(event: { target: { value: string } }) => type(event.target.value)}
        onBlur={flush}
      />
    </Row>
  );
}

/** What stands in an empty field: what it would be without a value. */
function hint(schema: WidgetProps['field']['schema']): string {
  const fallback = keyword(schema, 'default');
  return typeof fallback === 'string' || typeof fallback === 'number' ? String(fallback) : '';
}

export function NumberWidget({ field, path, value, label, id }: WidgetProps) {
  const { change, readOnly } = useScene();
  const bound = (name: string) => {
    const limit = keyword(field.schema, name);
    return typeof limit === 'number' ? limit : undefined;
  };
  const [min, max] = [bound('minimum'), bound('maximum')];
  return (
    <Row id={id} label={label} required={field.required} path={path}>
      <InputNumber
        id={id}
        style={{ width: '100%' }}
        value={typeof value === 'number' ? value : null}
        disabled={readOnly}
        placeholder={hint(field.schema)}
        {...(min === undefined ? {} : { min })}
        {...(max === undefined ? {} : { max })}
        {...(keyword(field.schema, 'type') === 'integer' ? { precision: 0 } : {})}
        onChange={(next) => change(path, next ?? undefined)}
      />
    </Row>
  );
}

export function SwitchWidget({ field, path, value, label, id }: WidgetProps) {
  const { change, readOnly } = useScene();
  const standard = keyword(field.schema, 'default') === true;
  const on = value === undefined ? standard : value === true;
  return (
    <Row id={id} label={label} required={field.required} path={path}>
      <Switch
        id={id}
        size="small"
        checked={on}
        disabled={readOnly}
        // What is so anyway need not be written.
        onChange={(next) => change(path, next === standard && !field.required ? undefined : next)}
      />
    </Row>
  );
}

/** One of the values that a schema names. */
export function ChoiceWidget({ field, path, value, label, id }: WidgetProps) {
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const choices = useChoiceLabels();
  const options = (choicesOf(field.schema) ?? []).map((choice) => ({
    value: JSON.stringify(choice),
    label: typeof choice === 'string' ? choices(choice) : JSON.stringify(choice),
  }));
  const fallback = keyword(field.schema, 'default');
  return (
    <Row id={id} label={label} required={field.required} path={path}>
      <Select
        id={id}
        style={{ width: '100%' }}
        value={value === undefined ? null : JSON.stringify(value)}
        disabled={readOnly}
        allowClear={!field.required}
        placeholder={typeof fallback === 'string' ? choices(fallback) : t('unset')}
        options={options}
        onChange={(next?: string) => change(path, next == null ? undefined : (JSON.parse(next) as Json))}
      />
    </Row>
  );
}

/** One of some words, or a number, or another text: whatever the parts of a union allow. */
export function EitherWidget({ field, path, value, label, id }: WidgetProps) {
  const { change, readOnly } = useScene();
  const choices = useChoiceLabels();
  const union = keyword(field.schema, 'anyOf');
  const parts = (Array.isArray(union) ? union : []).filter(isObject);
  const words = parts
    .flatMap((part) => choicesOf(part) ?? [])
    .filter((word): word is string => typeof word === 'string');
  const takesNumber = parts.some((part) => part['type'] === 'integer' || part['type'] === 'number');
  const { text, type, flush } = useTextDraft(value === undefined ? '' : String(value), (next) => {
    if (next === '') return change(path, undefined);
    change(path, takesNumber && /^\d+$/.test(next) ? Number(next) : next);
  });
  return (
    <Row id={id} label={label} required={field.required} path={path}>
      <AutoComplete
        id={id}
        style={{ width: '100%' }}
        value={text}
        disabled={readOnly}
        placeholder={hint(field.schema)}
        options={words.map((word) => ({ value: word, label: choices(word) }))}
        onChange={type}
        onSelect={(next: string) => change(path, next)}
        onBlur={flush}
      />
    </Row>
  );
}

/** Several words. */
export function WordsWidget({ field, path, value, label, id }: WidgetProps) {
  const { change, readOnly } = useScene();
  const words = (Array.isArray(value) ? value : []).filter((word): word is string => typeof word === 'string');
  return (
    <Row id={id} label={label} required={field.required} path={path} deep>
      <Select
        id={id}
        mode="tags"
        open={false}
        suffixIcon={null}
        style={{ width: '100%' }}
        value={words}
        disabled={readOnly}
        tokenSeparators={[',', ' ', '，']}
        onChange={(next: string[]) => change(path, next.length === 0 && !field.required ? undefined : next)}
      />
    </Row>
  );
}
