import type { Flow } from '../definition/index.ts';
import type { Note, Run } from '../kernel/index.ts';
import type { RunDetail } from './contract.ts';
import { HistoryView, shownEnds, stepViews } from './history.ts';

/** A run with its steps, as history shows it. */
export function runDetail(flow: Flow, run: Run, notes: readonly Note[]): RunDetail {
  const { result } = run;
  const view = new HistoryView(flow, run);
  const steps = stepViews(notes, view.note);
  const finishedAt = notes.findLast((note) => note.kind === 'finished')?.at;
  return {
    id: run.id,
    flowId: run.flowId,
    version: run.version,
    status: run.status,
    ...(run.businessKey === undefined ? {} : { businessKey: run.businessKey }),
    ...(run.parent === undefined ? {} : { parentRun: run.parent.runId }),
    ...(result?.outcome === undefined ? {} : { outcome: result.outcome }),
    ...(result?.error === undefined ? {} : { error: view.error(result.error) }),
    startedAt: run.startedAt,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...shownEnds(run, flow),
    ...(result?.reason === undefined ? {} : { reason: result.reason }),
    sequence: run.sequence,
    steps,
  };
}
