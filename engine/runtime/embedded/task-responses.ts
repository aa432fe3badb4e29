import type { Program } from '../../compile/index.ts';
import type { Json } from '../../errors.ts';
import { outstanding, type Run } from '../../kernel/index.ts';

/** The answers that an open task has got so far; none once it is closed, because its output has them. */
export function openTaskResponses(program: Program, run: Run, effectId: string): Json {
  const open = outstanding(program, run).find((effect) => effect.kind === 'task' && effect.id === effectId);
  return open?.kind === 'task' ? (open.responses ?? []).map((response) => ({ ...response })) : [];
}
