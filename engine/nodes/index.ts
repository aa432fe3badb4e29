import { call } from './call/call.ts';
import { choice } from './choice/choice.ts';
import { emit } from './emit/emit.ts';
import { end } from './end/end.ts';
import { event } from './event/event.ts';
import { fail } from './fail/fail.ts';
import { forEach } from './for-each/for-each.ts';
import { parallel } from './parallel/parallel.ts';
import { respond } from './respond/respond.ts';
import { script } from './script/script.ts';
import { set } from './set/set.ts';
import { subflow } from './subflow/subflow.ts';
import { task } from './task/task.ts';
import { tryRegion } from './try/try.ts';
import { wait } from './wait/wait.ts';

/** Every node type, by the name that flows use. One line here registers a new one. */
export const nodeTypes = {
  call,
  choice,
  parallel,
  forEach,
  try: tryRegion,
  wait,
  event,
  task,
  subflow,
  script,
  set,
  emit,
  respond,
  end,
  fail,
};

export type { AnyNodeType, Label, NodeType } from './node-type.ts';
export { durationMs, retryPolicy } from './retry.ts';
