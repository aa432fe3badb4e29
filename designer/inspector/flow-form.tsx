import type { JsonObject } from '@heddle/engine/errors';
import { Button, Collapse, Select } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useEditor } from '../editor/use-editor.ts';
import { isList, isObject } from '../model/data-schema.ts';
import { type FormField, flowFields, triggerBeginnings, triggerFields } from '../model/fields.ts';
import { inputFromUse } from '../model/infer-input.ts';
import { acceptSuggestions, suggestedNodes } from '../model/suggest-confirm.ts';
import { suggestOutput } from '../model/suggest-output.ts';
import { flowProperty, type PropertyPath } from '../model/value.ts';
import { Field, Fields, Row } from './field.tsx';
import { ItemList } from './item-list.tsx';
import { useLabels } from './labels.ts';
import { StartScene } from './node-scene.tsx';
import { useScene } from './scene.ts';

const more = ['idempotencyKey', 'timeout', 'priority', 'retention', 'owner', 'tags', 'sensitive'];

/** The settings of the flow itself: what it is called, how it is started, what goes in and out. */
export function FlowForm() {
  const { t } = useTranslation('inspector');
  const scene = useScene();
  const { document, catalogue, change, readOnly } = scene;
  const hasSteps = Object.keys(document.nodes ?? {}).length > 0;
  return (
    <form className="heddle-i-form" onSubmit={(event) => event.preventDefault()} aria-label={t('flow')}>
      <header className="heddle-i-node-head">
        <div className="heddle-i-node-type" data-group="flow">
          <span>{t('flow')}</span>
          <code className="heddle-i-id-hint">{document.id}</code>
        </div>
        <Named name="title" />
      </header>
      <FlowSuggestions />
      <Named name="description" />
      <Triggers />
      <Named name="input" widget="schema" />
      {readOnly || !hasSteps ? null : (
        <Button size="small" onClick={() => change(['input'], inputFromUse(document, catalogue))}>
          {t('schema.fromUse')}
        </Button>
      )}
      <Named name="output" widget="mapping" />
      {readOnly || !hasSteps || flowProperty(document, ['output']) !== undefined ? null : (
        <Button size="small" onClick={() => change(['output'], suggestOutput(document, catalogue))}>
          {t('proposeOutput')}
        </Button>
      )}
      <Named name="mode" />
      <StartScene scene={scene}>
        <Named name="businessKey" />
        <Collapse
          ghost
          size="small"
          className="heddle-i-more"
          items={[
            {
              key: 'more',
              label: t('more', { count: more.filter((name) => flowProperty(document, [name]) !== undefined).length }),
              children: more.map((name) => <Named key={name} name={name} />),
            },
          ]}
        />
      </StartScene>
    </form>
  );
}

function Named({ name, widget }: { readonly name: string; readonly widget?: string }) {
  const { document } = useScene();
  const known = flowFields().get(name);
  if (known === undefined) return null;
  const field: FormField = widget === undefined ? known : { ...known, widget };
  return <Field field={field} path={[name]} value={flowProperty(document, [name])} />;
}

function FlowSuggestions() {
  const { t } = useTranslation('inspector');
  const { document, readOnly } = useScene();
  const edit = useEditor((state) => state.edit);
  const count = suggestedNodes(document).length;
  if (count === 0 || readOnly) return null;
  return (
    <div className="heddle-i-suggestions">
      <span>{t('suggestionsInFlow', { count })}</span>
      <Button size="small" onClick={() => edit((before) => acceptSuggestions(before))} title={t('acceptKey')}>
        {t('acceptAll')}
      </Button>
    </div>
  );
}

/** How the flow is started from outside. */
function Triggers() {
  const { document } = useScene();
  const labels = useLabels();
  const id = useId();
  const value = flowProperty(document, ['triggers']);
  return (
    <Row id={id} label={labels('triggers')} path={['triggers']} group>
      <ItemList
        path={['triggers']}
        items={isList(value) ? value : []}
        label={labels('trigger')}
        beginning={triggerBeginnings.http(document.id)}
        optional
      >
        {(item, index) => <Trigger item={isObject(item) ? item : {}} path={['triggers', index]} />}
      </ItemList>
    </Row>
  );
}

/** One trigger: of which kind, and the fields of that kind. */
function Trigger({ item, path }: { readonly item: JsonObject; readonly path: PropertyPath }) {
  const { t } = useTranslation('inspector');
  const { document, change, readOnly } = useScene();
  const id = useId();
  const { type } = item;
  const kinds = ['http', 'message'] as const;
  return (
    <>
      <Row id={id} label={t('trigger.kind')} path={[...path, 'type']} required>
        <Select
          id={id}
          size="small"
          value={typeof type === 'string' ? type : null}
          disabled={readOnly}
          options={kinds.map((kind) => ({ value: kind, label: t(`trigger.${kind}`) }))}
          onChange={(next) => change(path, triggerBeginnings[next as (typeof kinds)[number]](document.id))}
        />
      </Row>
      <Fields fields={triggerFields(type)} path={path} value={item} />
    </>
  );
}
