import type { Flow } from '../definition/index.ts';
import { FlowError, type Json } from '../errors.ts';
import type { Attempt, Tried } from '../runtime/runtime.ts';
import type { TryResult } from './contract.ts';
import type { ApiDeps } from './deps.ts';
import { HistoryView } from './history.ts';
import { runDetail } from './run-detail.ts';

export const DEFAULT_TRY_MS = 30_000;

/** @throws {FlowError} `FLOW_INVALID` with all problems. */
export function soundFlow(deps: Pick<ApiDeps, 'check'>, definition: Json): Flow {
  const { flow, problems } = deps.check(definition);
  if (flow === undefined)
    throw new FlowError('FLOW_INVALID', `the flow cannot run: ${problems.length} problems`, {
      details: { problems: problems.map((problem) => ({ ...problem })) },
    });
  return flow;
}

/** @throws {FlowError} `INPUT_INVALID`: the input does not fit the flow's schema, and nothing was run. */
export async function tryOut(
  deps: Pick<ApiDeps, 'tryFlow' | 'start'>,
  attempt: Attempt,
): Promise<{ readonly tried: Tried; readonly result: TryResult }> {
  const problems = deps.start.inputProblems(attempt.flow, attempt.input);
  if (problems.length > 0)
    throw new FlowError('INPUT_INVALID', `the input does not fit the input schema of ${attempt.flow.id}`, {
      details: { problems: problems.map((problem) => ({ ...problem, pointer: `/input${problem.pointer}` })) },
    });
  const tried = await deps.tryFlow(attempt);
  const { run, notes } = tried;
  const detail = runDetail(attempt.flow, run, notes);
  const view = new HistoryView(attempt.flow, run);
  const responded = notes.map(view.note).find((note) => note.kind === 'responded');
  const result: TryResult = {
    ...detail,
    status: tried.waitingFor.length > 0 ? 'waiting' : detail.status,
    durationMs: tried.durationMs,
    mocked: [...tried.mocked],
    skipped: [...tried.skipped],
    waitingFor: [...tried.waitingFor],
    ...(responded === undefined ? {} : { response: { status: responded.status, body: responded.body } }),
  };
  return { tried, result };
}
