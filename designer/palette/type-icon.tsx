import {
  ApiOutlined,
  AppstoreOutlined,
  BranchesOutlined,
  ClockCircleOutlined,
  CloseCircleOutlined,
  CodeOutlined,
  EditOutlined,
  FlagOutlined,
  NodeIndexOutlined,
  NotificationOutlined,
  PartitionOutlined,
  QuestionCircleOutlined,
  RetweetOutlined,
  RollbackOutlined,
  SafetyOutlined,
  SoundOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { nodeTypes } from '@heddle/engine/nodes/index';
import type { ComponentType } from 'react';

const byType: { readonly [type: string]: ComponentType } = {
  call: ApiOutlined,
  choice: BranchesOutlined,
  parallel: PartitionOutlined,
  forEach: RetweetOutlined,
  try: SafetyOutlined,
  wait: ClockCircleOutlined,
  event: NotificationOutlined,
  task: UserOutlined,
  subflow: NodeIndexOutlined,
  script: CodeOutlined,
  set: EditOutlined,
  emit: SoundOutlined,
  respond: RollbackOutlined,
  end: FlagOutlined,
  fail: CloseCircleOutlined,
};

/** The section of the palette to which a type belongs; `unknown` for none. Styles tint by it. */
export function groupOf(type: string): string {
  return Object.hasOwn(nodeTypes, type) ? nodeTypes[type as keyof typeof nodeTypes].label.group : 'unknown';
}

export function TypeIcon({ type }: { readonly type: string }) {
  const known = Object.hasOwn(nodeTypes, type);
  const Icon = byType[type] ?? (known ? AppstoreOutlined : QuestionCircleOutlined);
  return (
    <span className="heddle-type-icon" data-group={groupOf(type)} aria-hidden="true">
      <Icon />
    </span>
  );
}
