import { DeleteOutlined } from '@ant-design/icons';
import type { Json, JsonObject } from '@heddle/engine/errors';
import { Button, Checkbox, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isList, isObject, keyword, type PropertySchema, propertiesOf, typesOf } from '../../model/data-schema.ts';
import { inferSchema, withExamples } from '../../model/infer-schema.ts';
import { Row } from '../field.tsx';
import { useScene, type WidgetProps } from '../scene.ts';
import { NewName } from './new-name.tsx';
import { JsonWidget } from './structure.tsx';

const kinds = ['string', 'integer', 'number', 'boolean', 'date', 'array', 'object', 'any'] as const;
type Kind = (typeof kinds)[number];

const schemas: Readonly<Record<Kind, JsonObject>> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  array: { type: 'array' },
  object: { type: 'object' },
  any: {},
};

/**
 * A JSON Schema of an object as a table: name, type, required. What the table cannot show (lengths, patterns, what is
 * inside) stays as it is and is reached as JSON.
 */
export function SchemaWidget(props: WidgetProps) {
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const [view, setView] = useState<'table' | 'sample' | 'json'>('table');
  const { field, path, value, label, id } = props;
  const schema = isObject(value) ? value : {};
  const properties = propertiesOf(schema);
  const show = (next: typeof view) => () => setView(view === next ? 'table' : next);
  return (
    <Row
      id={id}
      label={label}
      required={field.required}
      path={path}
      deep
      group
      aside={
        readOnly ? null : (
          <>
            <button type="button" className="heddle-i-link" aria-pressed={view === 'sample'} onClick={show('sample')}>
              {t('schema.fromSample')}
            </button>
            <button type="button" className="heddle-i-link" aria-pressed={view === 'json'} onClick={show('json')}>
              {t('schema.asJson')}
            </button>
          </>
        )
      }
    >
      {view === 'sample' ? (
        <PasteSample
          onSchema={(next) => {
            change(path, next);
            setView('table');
          }}
        />
      ) : null}
      {view === 'json' ? <JsonWidget {...props} label={t('schema.json')} id={`${id}-json`} /> : null}
      {view === 'table' ? (
        <div className="heddle-i-schema">
          {properties.map((property) => (
            <PropertyLine key={property.name} property={property} path={path} schema={schema} />
          ))}
          {properties.length === 0 ? <p className="heddle-i-hint">{t('schema.empty')}</p> : null}
          {readOnly ? null : (
            <NewName value="" label={t('schema.add')} onName={(name) => change(path, withProperty(schema, name))} />
          )}
        </div>
      ) : null}
    </Row>
  );
}

function withProperty(schema: JsonObject, name: string): JsonObject {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  if (name === '' || Object.hasOwn(properties, name)) return schema;
  const required = isList(schema['required']) ? schema['required'] : [];
  return {
    type: 'object',
    ...schema,
    required: [...required, name],
    properties: { ...properties, [name]: { type: 'string' } },
  };
}

function PropertyLine(props: {
  readonly property: PropertySchema;
  readonly path: WidgetProps['path'];
  readonly schema: JsonObject;
}) {
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const { property, path, schema } = props;
  const { name, required } = property;
  const names = isList(schema['required']) ? schema['required'] : [];
  const at = [...path, 'properties', name];
  const replace = (next: JsonObject) => change(path, next);
  const rename = (to: string) => {
    const properties = isObject(schema['properties']) ? schema['properties'] : {};
    if (to === '' || Object.hasOwn(properties, to)) return;
    replace({
      ...schema,
      ...(required ? { required: names.map((one) => (one === name ? to : one)) } : {}),
      properties: Object.fromEntries(Object.entries(properties).map(([key, part]) => [key === name ? to : key, part])),
    });
  };
  const require = (on: boolean) => {
    const next = on ? [...names, name] : names.filter((one) => one !== name);
    const { required: _, ...rest } = schema;
    replace(next.length === 0 ? rest : { ...schema, required: next });
  };
  const remove = () => {
    const { [name]: _, ...rest } = isObject(schema['properties']) ? schema['properties'] : {};
    replace({ ...schema, required: names.filter((one) => one !== name), properties: rest });
  };
  return (
    <div className="heddle-i-schema-line">
      <div>
        {readOnly ? (
          <Input size="small" value={name} disabled />
        ) : (
          <NewName value={name} label={t('schema.name', { name })} onName={rename} />
        )}
      </div>
      <Select
        size="small"
        className="heddle-i-schema-type"
        aria-label={t('schema.type', { name })}
        popupMatchSelectWidth={false}
        value={kindOf(property)}
        disabled={readOnly}
        options={kinds.map((kind) => ({ value: kind, label: t(`types.${kind}`) }))}
        onChange={(kind: Kind) => change(at, keptText(property, schemas[kind]))}
      />
      <Checkbox
        checked={required}
        disabled={readOnly}
        aria-label={t('schema.required', { name })}
        title={t('schema.required', { name })}
        onChange={(event) => require(event.target.checked)}
      />
      {readOnly ? null : (
        <Button
          size="small"
          type="text"
          icon={<DeleteOutlined aria-hidden="true" />}
          aria-label={t('remove', { label: name })}
          title={t('remove', { label: name })}
          onClick={remove}
        />
      )}
    </div>
  );
}

function kindOf({ schema }: PropertySchema): Kind {
  const types = typesOf(schema).filter((name) => name !== 'null');
  const [type] = types;
  if (types.length !== 1 || type === undefined) return 'any';
  return type === 'string' && keyword(schema, 'format') === 'date' ? 'date' : type;
}

/** What people read of a property stays when its type changes. */
const keptText = ({ schema }: PropertySchema, next: JsonObject): JsonObject =>
  Object.fromEntries([
    ...Object.entries(isObject(schema) ? schema : {}).filter(([name]) => name === 'title' || name === 'description'),
    ...Object.entries(next),
  ]);

function PasteSample({ onSchema }: { readonly onSchema: (schema: JsonObject) => void }) {
  const { t } = useTranslation('inspector');
  const [text, setText] = useState('');
  const schema = schemaOfSample(text);
  return (
    <>
      <textarea
        className="heddle-i-code-input"
        rows={6}
        spellCheck={false}
        aria-label={t('schema.sample')}
        placeholder={t('schema.sample')}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button size="small" type="primary" disabled={schema === undefined} onClick={() => schema && onSchema(schema)}>
        {t('schema.take')}
      </Button>
    </>
  );
}

function schemaOfSample(text: string): JsonObject | undefined {
  try {
    const sample = JSON.parse(text) as Json;
    const schema = inferSchema(sample);
    return schema['type'] === 'object' ? withExamples(schema, sample) : undefined;
  } catch {
    return undefined;
  }
}
