import type { Json } from '@heddle/engine/errors';
import { Button, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isList, isObject, keyword } from '../../model/data-schema.ts';
import { beginningOf, fieldsOfSchema, memberSchema, widgetOf } from '../../model/fields.ts';
import { Field, Fields, Row } from '../field.tsx';
import { ItemList } from '../item-list.tsx';
import { useItemLabels } from '../labels.ts';
import { useScene, type WidgetProps } from '../scene.ts';
import { NewName } from './new-name.tsx';

/** An object with fields of its own. One that is not required is switched on and off as a whole. */
export function GroupWidget({ field, path, value, label, id }: WidgetProps) {
  const { change, readOnly } = useScene();
  const isOn = value !== undefined;
  return (
    <Row
      id={id}
      label={label}
      required={field.required}
      path={path}
      group
      aside={
        field.required ? null : (
          <Switch
            size="small"
            aria-labelledby={id}
            checked={isOn}
            disabled={readOnly}
            onChange={(on) => change(path, on ? beginningOf(field.schema) : undefined)}
          />
        )
      }
    >
      {isOn ? (
        <div className="heddle-i-object">
          <Fields fields={fieldsOfSchema(field.schema)} path={path} value={value} />
        </div>
      ) : null}
    </Row>
  );
}

/** A list of objects, or of anything that has a widget. */
export function ListWidget({ field, path, value, label, id }: WidgetProps) {
  const items = useItemLabels();
  const item = keyword(field.schema, 'items');
  const schema = isObject(item) ? item : {};
  const widget = widgetOf(schema) ?? 'json';
  return (
    <Row id={id} label={label} required={field.required} path={path} group>
      <ItemList
        path={path}
        items={isList(value) ? value : []}
        label={items(field.name, label)}
        beginning={beginningOf(schema)}
        optional={!field.required}
      >
        {(one, index) =>
          widget === 'group' ? (
            <Fields fields={fieldsOfSchema(schema)} path={[...path, index]} value={one} />
          ) : (
            <Field
              field={{ name: field.name, schema, widget, required: true, section: 'main' }}
              path={[...path, index]}
              value={one}
              label={String(index + 1)}
            />
          )
        }
      </ItemList>
    </Row>
  );
}

/** Members whose names the author chooses: the variables of a `set`. */
export function NamedWidget({ field, path, value, label, id }: WidgetProps) {
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const [added, setAdded] = useState<readonly string[]>([]);
  const schema = memberSchema(field.schema) ?? {};
  const members = isObject(value) ? value : {};
  const names = [...new Set([...Object.keys(members), ...added])];
  const remove = (name: string) => {
    setAdded(added.filter((one) => one !== name));
    change([...path, name], undefined);
  };
  const rename = (from: string, to: string) => {
    if (from === to || to === '' || Object.hasOwn(members, to)) return;
    change(
      path,
      Object.fromEntries(Object.entries(members).map(([name, member]) => [name === from ? to : name, member])),
    );
  };
  return (
    <Row id={id} label={label} required={field.required} path={path} group>
      <div className="heddle-i-items">
        {names.map((name) => (
          <div key={name} className="heddle-i-named">
            <NewName value={name} label={t('nameOf', { label })} onName={(next) => rename(name, next)} />
            <Field
              field={{ name, schema, widget: widgetOf(schema) ?? 'json', required: true, section: 'main' }}
              path={[...path, name]}
              value={members[name]}
              label={t('valueOf', { name })}
            />
            {readOnly ? null : (
              <button type="button" className="heddle-i-link" onClick={() => remove(name)}>
                {t('remove', { label: name })}
              </button>
            )}
          </div>
        ))}
        {readOnly ? null : (
          <NewName value="" label={t('newName')} onName={(name) => name !== '' && setAdded([...added, name])} />
        )}
      </div>
    </Row>
  );
}

/** JSON that no other widget knows: as text. */
export function JsonWidget({ field, path, value, label, id }: WidgetProps) {
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const [text, setText] = useState<string>();
  const [broken, setBroken] = useState(false);
  const type = (next: string) => {
    setText(next);
    try {
      change(path, next.trim() === '' ? undefined : (JSON.parse(next) as Json));
      setBroken(false);
    } catch {
      setBroken(true);
    }
  };
  return (
    <Row id={id} label={label} required={field.required} path={path} deep>
      <textarea
        id={id}
        className="heddle-i-code-input"
        rows={4}
        spellCheck={false}
        value={text ?? (value === undefined ? '' : JSON.stringify(value, null, 2))}
        readOnly={readOnly}
        aria-invalid={broken}
        onChange={(event) => type(event.target.value)}
        onBlur={() => !broken && setText(undefined)}
      />
      {broken ? (
        <p className="heddle-i-wrong-text" role="status">
          {t('notJson')}{' '}
          <Button size="small" type="link" onClick={() => [setText(undefined), setBroken(false)]}>
            {t('revert')}
          </Button>
        </p>
      ) : null}
    </Row>
  );
}
