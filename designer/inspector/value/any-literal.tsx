import type { Json } from '@heddle/engine/errors';
import { Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { keyword, type SchemaType, typeOfJson } from '../../model/data-schema.ts';
import { useScene, type WidgetProps } from '../scene.ts';
import { useTextDraft } from '../use-text-draft.ts';
import { ListFields } from './list-fields.tsx';
import { ObjectFields } from './object-fields.tsx';

const kinds = ['string', 'number', 'boolean', 'null', 'object', 'array'] as const;
type Kind = (typeof kinds)[number];

const beginnings: Readonly<Record<Kind, Json>> = {
  string: '',
  number: 0,
  boolean: true,
  null: null,
  object: {},
  array: [],
};

/** A value of which the schema says nothing: its type is chosen beside it. */
export function AnyLiteral(props: WidgetProps) {
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const { value, path, label } = props;
  const fallback = keyword(props.field.schema, 'default');
  const kind = kindOf(typeOfJson(value !== undefined ? value : (fallback ?? '')));
  const select = (
    <Select
      aria-label={t('typeOf', { label })}
      className="heddle-i-any-kind"
      value={kind}
      disabled={readOnly}
      popupMatchSelectWidth={false}
      options={kinds.map((name) => ({ value: name, label: t(`types.${name}`) }))}
      onChange={(next: Kind) => change(path, beginnings[next])}
    />
  );
  if (kind === 'object' || kind === 'array') {
    return (
      <>
        {select}
        {kind === 'object' ? <ObjectFields {...props} /> : <ListFields {...props} />}
      </>
    );
  }
  return (
    <div className="heddle-i-any">
      <Plain {...props} kind={kind} />
      {select}
    </div>
  );
}

const kindOf = (type: SchemaType): Kind => (type === 'integer' ? 'number' : type);

function Plain({ field, value, path, id, kind }: WidgetProps & { readonly kind: Kind }) {
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const { text, type, flush } = useTextDraft(typeof value === 'string' ? value : '', (next) => change(path, next));
  const fallback = keyword(field.schema, 'default');
  if (kind === 'number') {
    return (
      <InputNumber
        id={id}
        style={{ flex: 1 }}
        value={typeof value === 'number' ? value : null}
        disabled={readOnly}
        placeholder={typeof fallback === 'number' ? String(fallback) : ''}
        onChange={(next) => change(path, next ?? (field.required ? 0 : undefined))}
      />
    );
  }
  if (kind === 'boolean') {
    return (
      <Select
        id={id}
        style={{ flex: 1 }}
        value={value === true}
        disabled={readOnly}
        options={[
          { value: true, label: t('yes') },
          { value: false, label: t('no') },
        ]}
        onChange={(next: boolean) => change(path, next)}
      />
    );
  }
  return (
    <Input
      id={id}
      value={kind === 'null' ? '' : text}
      placeholder={kind === 'null' ? t('types.null') : t('empty')}
      disabled={readOnly || kind === 'null'}
      onChange={(event) => type(event.target.value)}
      onBlur={flush}
    />
  );
}
