import type { Json } from '@heddle/engine/errors';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEditor } from '../../editor/use-editor.ts';
import { JsonEditor } from '../../formula/index.ts';
import { propertiesOf, textKeyword, typesOf } from '../../model/data-schema.ts';
import { outputAt } from '../../model/reach.ts';
import { sampleOf } from '../../model/sample.ts';
import { flowProperty, setFlowProperty } from '../../model/value.ts';
import { JsonView } from '../../ui/json-view/index.ts';
import { useScene } from '../scene.ts';
import { RunStep } from './run-step.tsx';

/** What a step puts out: by its schema, in the last run, and the answer that is pinned for trying. */
export function Outgoing({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation('inspector');
  const { document, catalogue, samples } = useScene();
  const [answer, setAnswer] = useState<Json>();
  const schema = outputAt(document, nodeId, catalogue);
  const last = answer ?? samples.steps?.[nodeId];
  return (
    <>
      <RunStep nodeId={nodeId} onAnswer={setAnswer} />
      {last === undefined ? null : (
        <section>
          <h3>{t(answer === undefined ? 'wide.lastAnswer' : 'wide.thisAnswer')}</h3>
          <JsonView value={last} label={t('wide.lastAnswer')} open={2} />
        </section>
      )}
      <section>
        <h3>{t('wide.schema')}</h3>
        {propertiesOf(schema).length === 0 ? <p className="heddle-i-hint">{t('wide.noSchema')}</p> : null}
        <dl className="heddle-i-outgoing">
          {propertiesOf(schema).map(({ name, schema: property, required }) => (
            <div key={name}>
              <dt>
                {name}
                {required ? null : '?'}
              </dt>
              <dd>
                <span className="heddle-i-path-type">
                  {typesOf(property)
                    .map((type) => t(`types.${type}`))
                    .join(' | ') || t('types.any')}
                </span>{' '}
                {textKeyword(property, 'title') ?? textKeyword(property, 'description')}
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <Mock nodeId={nodeId} proposed={last ?? sampleOf(schema)} />
    </>
  );
}

/** The answer that trying and simulating take instead of asking the service. */
function Mock({ nodeId, proposed }: { readonly nodeId: string; readonly proposed: Json }) {
  const { t } = useTranslation('inspector');
  const { document, readOnly } = useScene();
  const edit = useEditor((state) => state.edit);
  const pinned = flowProperty(document, ['layout', '$mocks', nodeId]);
  const [text, setText] = useState<string>();
  const [broken, setBroken] = useState(false);
  const pin = (value: Json | undefined) =>
    edit((before) => setFlowProperty(before, ['layout', '$mocks', nodeId], value));
  const type = (next: string) => {
    setText(next);
    try {
      pin(JSON.parse(next) as Json);
      setBroken(false);
    } catch {
      setBroken(true);
    }
  };
  return (
    <section>
      <h3>{t('wide.mock')}</h3>
      {pinned === undefined ? (
        <>
          <p className="heddle-i-hint">{t('wide.mockHint')}</p>
          <Button size="small" disabled={readOnly} onClick={() => pin(proposed)}>
            {t('wide.pin')}
          </Button>
        </>
      ) : (
        <>
          <div className="heddle-i-mock">
            <JsonEditor
              label={t('wide.mock')}
              readOnly={readOnly}
              value={text ?? JSON.stringify(pinned, null, 2)}
              onChange={type}
            />
          </div>
          {broken ? <p className="heddle-i-wrong-text">{t('notJson')}</p> : null}
          <Button
            size="small"
            disabled={readOnly}
            onClick={() => {
              setText(undefined);
              setBroken(false);
              pin(undefined);
            }}
          >
            {t('wide.unpin')}
          </Button>
        </>
      )}
    </section>
  );
}
