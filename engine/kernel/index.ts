export {
  type CallEffect,
  type Effect,
  type ErrorInfo,
  type FinalStatus,
  idempotencyKey,
  type RunResult,
  type TaskEffect,
} from './effect.ts';
export type { Failure, ParentRef, RunEvent, Start } from './event.ts';
export type { Disposition } from './locate.ts';
export type { Note } from './note.ts';
export { outstanding } from './outstanding.ts';
export { type Journal, type Replayed, replay } from './replay.ts';
export { isFinal, type Run, type RunStatus } from './run.ts';
export { advance, begin, type Step, type StepOptions } from './step.ts';
