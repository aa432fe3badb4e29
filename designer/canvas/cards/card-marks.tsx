import {
  CheckCircleFilled,
  ClockCircleFilled,
  CloseCircleFilled,
  ExclamationCircleFilled,
  FileTextOutlined,
  LoadingOutlined,
  MinusCircleOutlined,
  RedoOutlined,
  RollbackOutlined,
  StopOutlined,
  UndoOutlined,
  WarningFilled,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { NodeDraft } from '../../model/flow-document.ts';
import { isRecord } from '../../model/graph-node.ts';
import { useCanvas } from '../canvas-context.ts';
import type { NodeMark } from '../marks.ts';

export const useMark = (nodeId: string): NodeMark | undefined =>
  useStore(useCanvas().marks, (state) => state.marks[nodeId]);

const statusIcons: Record<NonNullable<NodeMark['status']>, ReactNode> = {
  running: <LoadingOutlined aria-hidden="true" />,
  waiting: <ClockCircleFilled aria-hidden="true" />,
  completed: <CheckCircleFilled aria-hidden="true" />,
  failed: <CloseCircleFilled aria-hidden="true" />,
  cancelled: <StopOutlined aria-hidden="true" />,
  compensated: <UndoOutlined aria-hidden="true" />,
  skipped: <MinusCircleOutlined aria-hidden="true" />,
  mocked: <CheckCircleFilled aria-hidden="true" />,
};

/** Attributes by which styles show a mark. */
export const markAttributes = (mark: NodeMark | undefined) => ({
  ...(mark?.status ? { 'data-status': mark.status } : {}),
  ...(mark?.change ? { 'data-change': mark.change } : {}),
  ...(mark?.problem ? { 'data-problem': mark.problem } : {}),
  ...(mark?.current ? { 'data-current': true } : {}),
});

/** The small signs at the corner of a card: what is wrong, how it went, what else the node does. */
export function Badges({ draft, mark }: { readonly draft: NodeDraft; readonly mark: NodeMark | undefined }) {
  const { t } = useTranslation('canvas');
  const { retry, compensate, note } = draft as { readonly [name: string]: unknown };
  const attempts = isRecord(retry) ? Number(retry['attempts']) : 0;
  return (
    <span className="heddle-badges">
      {mark?.breakpoint ? <Badge name={t('badge.breakpoint')} kind="breakpoint" icon={<span />} /> : null}
      {isRecord(compensate) ? (
        <Badge
          name={t('badge.compensate', { operation: String(compensate['operation'] ?? '') })}
          icon={<RollbackOutlined aria-hidden="true" />}
        />
      ) : null}
      {attempts > 1 ? (
        <Badge name={t('badge.retry', { count: attempts })} icon={<RedoOutlined aria-hidden="true" />} />
      ) : null}
      {typeof note === 'string' && note !== '' ? (
        <Badge name={`${t('badge.note')}: ${note}`} icon={<FileTextOutlined aria-hidden="true" />} />
      ) : null}
      {mark?.attempts !== undefined && mark.attempts > 1 ? (
        <Badge name={t('badge.attempts', { count: mark.attempts })} icon={<small>×{mark.attempts}</small>} />
      ) : null}
      {mark?.status ? (
        <Badge name={t(`status.${mark.status}`)} kind={mark.status} icon={statusIcons[mark.status]} />
      ) : null}
      {mark?.problem ? (
        <Badge
          name={t(`badge.${mark.problem}`)}
          kind={mark.problem}
          icon={
            mark.problem === 'error' ? (
              <ExclamationCircleFilled aria-hidden="true" />
            ) : (
              <WarningFilled aria-hidden="true" />
            )
          }
        />
      ) : null}
    </span>
  );
}

function Badge(props: { readonly name: string; readonly icon: ReactNode; readonly kind?: string }) {
  return (
    <span className="heddle-badge" data-kind={props.kind ?? 'plain'} title={props.name}>
      {props.icon}
    </span>
  );
}
