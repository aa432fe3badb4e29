import { PlayCircleOutlined } from '@ant-design/icons';
import type { Json } from '@heddle/engine/errors';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/client.ts';
import { useTryOperation } from '../../api/services.ts';
import { placesOf } from '../../model/data-place.ts';
import { resolveValue } from '../../model/data-sample.ts';
import { operationOf } from '../../model/suggest-input.ts';
import { JsonView } from '../../ui/json-view/index.ts';
import { usePlace, useScene } from '../scene.ts';

const atNode: readonly string[] = [];

/** Calls the operation of a call now, with the input that the samples give. */
export function RunStep(props: { readonly nodeId: string; readonly onAnswer: (answer: Json) => void }) {
  const { t } = useTranslation('inspector');
  const { document, catalogue } = useScene();
  const place = usePlace(atNode);
  const node = placesOf(document).get(props.nodeId)?.node;
  const operation = operationOf(catalogue, node);
  const call = useTryOperation(String(node?.['service']), String(node?.['operation']));
  if (operation === undefined) return null;
  const input = resolveValue(node?.['input'] ?? {}, place);
  const tried = call.data;
  const refused = call.error instanceof ApiError ? call.error : undefined;
  return (
    <section className="heddle-i-run-step">
      <Button
        type="primary"
        icon={<PlayCircleOutlined aria-hidden="true" />}
        loading={call.isPending}
        disabled={!input.ok}
        onClick={() => {
          if (!input.ok) return;
          // What a service answers is JSON.
          call.mutate(input.value, { onSuccess: (answer) => answer.ok && props.onAnswer(answer.output as Json) });
        }}
      >
        {t('wide.run')}
      </Button>
      {operation.readOnly === true ? null : <p className="heddle-i-hint">{t('wide.acts')}</p>}
      {input.ok ? (
        <details>
          <summary>{t('wide.input')}</summary>
          <JsonView value={input.value} label={t('wide.input')} open={2} />
        </details>
      ) : (
        <p className="heddle-i-wrong-text">{input.message}</p>
      )}
      {tried === undefined ? null : (
        <p role="status" className={tried.ok ? 'heddle-i-fine-text' : 'heddle-i-wrong-text'}>
          {tried.ok
            ? t('wide.answered', { ms: Math.round(tried.durationMs) })
            : t('wide.refused', { code: tried.error.code, message: tried.error.message })}
        </p>
      )}
      {refused === undefined ? null : (
        <p role="status" className="heddle-i-wrong-text">
          {t('wide.refused', { code: refused.code, message: refused.message })}
        </p>
      )}
    </section>
  );
}
