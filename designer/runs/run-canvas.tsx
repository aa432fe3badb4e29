import type { RunDetail } from '@heddle/engine/api/contract';
import { useTranslation } from 'react-i18next';
import type { FlowDocument } from '../model/flow-document.ts';
import type { NodeStatus } from './node-status.ts';
import { StepList } from './step-list.tsx';

export interface RunCanvasProps {
  /** The flow in the version of the run; undefined while it is being fetched. */
  readonly document: FlowDocument | undefined;
  readonly run: RunDetail;
  readonly statuses: { readonly [nodeId: string]: NodeStatus };
  /** Node id. */
  readonly selected: string | undefined;
  readonly onSelect: (nodeId: string) => void;
}

/** The flow of a run with the state of each node. */
export function RunCanvas(props: RunCanvasProps) {
  const { t } = useTranslation('runs');
  return (
    <section className="heddle-run-canvas" aria-label={t('canvas.label')}>
      <StepList {...props} />
    </section>
  );
}
