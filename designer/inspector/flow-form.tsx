import { Button, Collapse } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useEditor } from '../editor/use-editor.ts';
import { isList, keyword, type propertiesOf } from '../model/data-schema.ts';
import { type FormField, fieldsOfSchema, flowFields } from '../model/fields.ts';
import { inputFromUse } from '../model/infer-input.ts';
import { acceptSuggestions, suggestedNodes } from '../model/suggest-confirm.ts';
import { suggestOutput } from '../model/suggest-output.ts';
import { flowProperty } from '../model/value.ts';
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
  const field = flowFields().get('triggers');
  const value = flowProperty(document, ['triggers']);
  const items = field === undefined ? undefined : keyword(field.schema, 'items');
  if (items === undefined || typeof items !== 'object') return null;
  const fields = fieldsOfSchema(items as Parameters<typeof propertiesOf>[0] & object);
  return (
    <Row id={id} label={labels('triggers')} path={['triggers']} group>
      <ItemList
        path={['triggers']}
        items={isList(value) ? value : []}
        label={labels('trigger')}
        beginning={{ type: 'http', method: 'POST', path: `/${document.id}` }}
        optional
      >
        {(item, index) => <Fields fields={fields} path={['triggers', index]} value={item} />}
      </ItemList>
    </Row>
  );
}
