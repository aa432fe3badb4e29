import type { RunDetail } from '@heddle/engine/api/contract';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlowDocument } from '../model/flow-document.ts';
import { Loading } from '../ui/pending.tsx';
import { isFinal } from './allowed.ts';
import { marksOf, type NodeStatus } from './node-status.ts';

const FlowViewer = lazy(async () => ({ default: (await import('../canvas/index.ts')).FlowViewer }));

/** The flow of a run, in its version, with the state of each node. */
export function RunCanvas(props: {
  /** Undefined while it is being fetched. */
  readonly document: FlowDocument | undefined;
  readonly run: RunDetail;
  readonly statuses: { readonly [nodeId: string]: NodeStatus };
  /** Node id. */
  readonly selected: string | undefined;
  readonly onSelect: (nodeId: string | undefined) => void;
}) {
  const { document, run, statuses, selected, onSelect } = props;
  const { t } = useTranslation('runs');
  const marks = useMemo(
    () => (document === undefined ? {} : marksOf(statuses, document, isFinal(run.status))),
    [statuses, document, run.status],
  );
  return (
    <section className="heddle-run-canvas" aria-label={t('canvas.label')}>
      {document === undefined ? (
        <Loading />
      ) : (
        <Suspense fallback={<Loading />}>
          <FlowViewer
            document={document}
            marks={marks}
            {...(selected === undefined ? {} : { selected })}
            onSelect={(node) => (node === selected ? undefined : onSelect(node))}
          />
        </Suspense>
      )}
    </section>
  );
}
