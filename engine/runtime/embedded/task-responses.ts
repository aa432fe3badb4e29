import type { Program } from '../../compile/index.ts';
import type { Json } from '../../errors.ts';
import { outstanding, type Run, type RunEvent } from '../../kernel/index.ts';

/** The answers that a task has got with this one, which may close it. @param run before the answer */
export function taskResponses(program: Program, run: Run, answer: Extract<RunEvent, { kind: 'task' }>): Json {
  const open = outstanding(program, run).find((effect) => effect.kind === 'task' && effect.id === answer.id);
  const { by, action, data, at } = answer;
  return [
    ...(open?.kind === 'task' ? (open.responses ?? []) : []).map((response) => ({ ...response })),
    { by, action, data, at },
  ];
}
