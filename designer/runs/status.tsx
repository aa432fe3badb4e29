import {
  CheckCircleFilled,
  ClockCircleOutlined,
  CloseCircleFilled,
  ExclamationCircleFilled,
  MinusCircleOutlined,
  PauseCircleOutlined,
  RedoOutlined,
  SyncOutlined,
  UndoOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

const looks = {
  running: ['busy', <SyncOutlined key="i" spin />],
  waiting: ['wait', <ClockCircleOutlined key="i" />],
  compensating: ['warn', <UndoOutlined key="i" />],
  'needs-operator': ['warn', <ExclamationCircleFilled key="i" />],
  suspended: ['off', <PauseCircleOutlined key="i" />],
  completed: ['good', <CheckCircleFilled key="i" />],
  failed: ['bad', <CloseCircleFilled key="i" />],
  compensated: ['off', <UndoOutlined key="i" />],
  cancelled: ['off', <MinusCircleOutlined key="i" />],
  retrying: ['warn', <RedoOutlined key="i" />],
  asking: ['warn', <RedoOutlined key="i" />],
  incident: ['warn', <ExclamationCircleFilled key="i" />],
  undoing: ['warn', <UndoOutlined key="i" />],
  undone: ['off', <UndoOutlined key="i" />],
} as const satisfies Readonly<Record<string, readonly [tone: string, icon: ReactNode]>>;

export type KnownStatus = keyof typeof looks;
const isKnown = (status: string): status is KnownStatus => Object.hasOwn(looks, status);

/** The colour family of a status. */
export const toneOf = (status: string): string => (isKnown(status) ? looks[status][0] : 'off');

/** The status of a run or a step: a colour, a sign and the word. */
export function Status({ of: status }: { readonly of: string }) {
  const word = useStatusWord();
  return (
    <span className="heddle-status" data-tone={toneOf(status)}>
      {isKnown(status) ? looks[status][1] : null}
      {word(status)}
    </span>
  );
}

export function useStatusWord(): (status: string) => string {
  const { t } = useTranslation('runs');
  return (status) => (isKnown(status) ? t(`status.${status}`) : status);
}
