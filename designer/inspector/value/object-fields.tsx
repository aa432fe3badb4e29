import { PlusOutlined } from '@ant-design/icons';
import { Button, Input, Select, Space } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  choicesOf,
  isObject,
  type PropertySchema,
  propertiesOf,
  textKeyword,
  typesOf,
} from '../../model/data-schema.ts';
import type { FormField } from '../../model/fields.ts';
import { Field } from '../field.tsx';
import { useScene, type WidgetProps } from '../scene.ts';

/** An object as one row for each property: those that are required, those that are there, and others on demand. */
export function ObjectFields({ field, path, value }: WidgetProps) {
  const { t } = useTranslation('inspector');
  const { readOnly } = useScene();
  const [added, setAdded] = useState<ReadonlySet<string>>(new Set());
  const given = isObject(value) ? value : {};
  const known = propertiesOf(field.schema);
  const isOpen = known.length === 0;
  const shown = known.filter(({ name, required }) => required || Object.hasOwn(given, name) || added.has(name));
  const rest = known.filter((property) => !shown.includes(property));
  const others = [...new Set([...Object.keys(given), ...added])].filter(
    (name) => !known.some((property) => property.name === name),
  );
  const add = (name: string) => setAdded(new Set([...added, name]));
  return (
    <div className="heddle-i-object">
      {shown.map((property) => (
        <Field
          key={property.name}
          field={fieldOf(property)}
          path={[...path, property.name]}
          value={given[property.name]}
          label={property.name}
        />
      ))}
      {others.map((name) => (
        <div key={name} className={isOpen ? '' : 'heddle-i-unknown'}>
          <Field
            field={{ name, schema: {}, widget: 'value', required: false, section: 'main' }}
            path={[...path, name]}
            value={given[name]}
            label={name}
          />
          {isOpen ? null : <p className="heddle-i-hint">{t('notInSchema')}</p>}
        </div>
      ))}
      {readOnly ? null : isOpen ? (
        <AddNamed taken={others} onAdd={add} />
      ) : rest.length > 0 ? (
        <AddKnown rest={rest} onAdd={add} />
      ) : null}
    </div>
  );
}

/** A plain field of a request is nearly always read from somewhere: it begins as a path. */
function fieldOf({ name, schema, required }: PropertySchema): FormField {
  const types = typesOf(schema);
  const isPlain = !types.includes('object') && !types.includes('array') && !types.includes('boolean');
  const widget = isPlain && choicesOf(schema) === undefined ? 'path' : 'value';
  return { name, schema, required, widget, section: 'main' };
}

function AddKnown(props: { readonly rest: readonly PropertySchema[]; readonly onAdd: (name: string) => void }) {
  const { t } = useTranslation('inspector');
  return (
    <Select
      className="heddle-i-add"
      size="small"
      variant="borderless"
      showSearch
      aria-label={t('addField')}
      value={null}
      placeholder={
        <>
          <PlusOutlined aria-hidden="true" /> {t('addField')}
        </>
      }
      options={props.rest.map(({ name, schema }) => ({
        value: name,
        label: [name, textKeyword(schema, 'title') ?? textKeyword(schema, 'description')].filter(Boolean).join(' · '),
      }))}
      onChange={(name: string | null) => name !== null && props.onAdd(name)}
    />
  );
}

function AddNamed(props: { readonly taken: readonly string[]; readonly onAdd: (name: string) => void }) {
  const { t } = useTranslation('inspector');
  const id = useId();
  const [name, setName] = useState('');
  const wanted = name.trim();
  const isFree = wanted !== '' && !props.taken.includes(wanted);
  const add = () => {
    if (!isFree) return;
    props.onAdd(wanted);
    setName('');
  };
  return (
    <Space.Compact size="small" block className="heddle-i-add-named">
      <Input
        id={id}
        aria-label={t('newField')}
        placeholder={t('newField')}
        value={name}
        onChange={(event) => setName(event.target.value)}
        onPressEnter={add}
      />
      <Button icon={<PlusOutlined aria-hidden="true" />} disabled={!isFree} onClick={add} aria-label={t('addField')} />
    </Space.Compact>
  );
}
