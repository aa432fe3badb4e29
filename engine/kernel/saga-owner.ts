import type { Draft } from './draft.ts';
import { type Disposition, eachLiveFrame } from './locate.ts';
import { type Owner, proceed, sagaOf } from './saga.ts';
import { leaveRegion } from './scopes.ts';

/** Every saga in progress: the run's, or those of its regions. */
export function sagas(d: Draft): Owner[] {
  if (d.run.saga) return [{ kind: 'run' }];
  const found: Owner[] = [];
  eachLiveFrame(d, (frame) => {
    for (const candidate of [frame.scope.activity, ...frame.scope.lingering]) {
      if (candidate?.kind !== 'region' || candidate.saga === undefined) continue;
      const region = d.container(frame, candidate.id);
      if (region?.kind === 'region') found.push({ kind: 'region', frame, region });
    }
  });
  return found;
}

/** The saga that is at this record, in this phase. */
export function sagaOwner(d: Draft, recordId: string, phase: 'undoing' | 'backoff' | 'operator'): Owner | undefined {
  return sagas(d).find((candidate) => {
    const saga = sagaOf(d, candidate);
    return saga?.phase === phase && saga.current?.id === recordId;
  });
}

/** After a step of undoing: a region that needs no more of it is left. */
export function continueSaga(d: Draft, saga: Owner, goesOn: boolean): Disposition {
  if (!goesOn && saga.kind === 'region') {
    leaveRegion(
      d,
      saga.frame,
      saga.region,
      saga.region.scope.error ?? { code: 'INTERNAL', message: 'a region failed without an error' },
    );
  }
  return 'applied';
}

/** A call in flight has told its outcome, or may have: sagas that waited for it go on. */
export function continueDrained(d: Draft): Disposition {
  for (const saga of sagas(d)) {
    if (sagaOf(d, saga)?.phase === 'draining') continueSaga(d, saga, proceed(d, saga));
  }
  return 'applied';
}
