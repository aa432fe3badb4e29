import type { Rehearsal } from '@heddle/engine/kernel/fixture';
import type { Effect } from '@heddle/engine/kernel/index';
import fc from 'fast-check';
import type { Entry } from './model.ts';

/** One thing that happens: to which open effect, and what. */
export interface Act {
  readonly pick: number;
  readonly what: 'ok' | 'loop' | 'fail' | 'transient' | 'unknown' | 'repeat' | 'cancel';
  /** It happens while the run is suspended, and is taken when the run is resumed. */
  readonly suspended?: boolean;
}

export const acts = fc.array(
  fc.record({
    pick: fc.nat(1000),
    suspended: fc.oneof({ weight: 7, arbitrary: fc.constant(false) }, fc.constant(true)),
    what: fc.oneof(
      { weight: 8, arbitrary: fc.constant('ok' as const) },
      { weight: 2, arbitrary: fc.constant('loop' as const) },
      { weight: 3, arbitrary: fc.constantFrom('fail' as const, 'transient' as const, 'unknown' as const) },
      { weight: 1, arbitrary: fc.constant('repeat' as const) },
      { weight: 1, arbitrary: fc.constantFrom('cancel' as const, 'ok' as const, 'ok' as const) },
    ),
  }),
  { maxLength: 40 },
);

/** What has happened to a run, in the words of the model. */
export interface Story {
  readonly log: Entry[];
  cancelledAt?: number;
}

/** Lets one thing happen to a run, and writes it down. */
export function happen(run: Rehearsal, story: Story, act: Act): void {
  if (act.what === 'repeat') return repeat(run, act.pick);
  if (act.suspended) run.take({ kind: 'suspend' });
  once(run, story, act);
  if (act.suspended) run.take({ kind: 'resume' });
}

/** Whatever is new, in contrast to a repetition. */
function once(run: Rehearsal, story: Story, act: Act): void {
  const at = run.events.length + 1;
  if (act.what === 'cancel') {
    if (run.cancel().disposition === 'applied') story.cancelledAt ??= at;
    return;
  }
  const { what } = act;
  const open = [...run.open.values()];
  const effect = open[act.pick % open.length];
  if (what === 'repeat' || effect === undefined || !('id' in effect) || effect.id === undefined) return;
  answer(run, story, { effect, id: effect.id, what, at });
}

interface Answer {
  readonly effect: Effect;
  readonly id: string;
  readonly what: Entry['kind'];
  readonly at: number;
}

function answer(run: Rehearsal, { log }: Story, { effect, id, what, at }: Answer): void {
  const write = (kind: Entry['kind'], about = id) => log.push({ at, id: about, kind });
  if (effect.kind === 'timer') {
    const isRetry = id.endsWith(':retry');
    write(isRetry ? 'again' : 'ok', isRetry ? id.slice(0, -':retry'.length) : id);
    run.timer(id);
  } else if (effect.kind === 'await-event') {
    write('ok');
    run.signal(effect.name);
  } else if (id.endsWith('~undo') && what !== 'ok' && what !== 'loop') {
    run.failure(id);
    run.operator('retry', { id });
  } else if (what === 'ok' || (what === 'loop' && effect.kind !== 'call') || id.endsWith('~undo')) {
    write('ok');
    run.result(id, 'ok');
  } else if (what === 'loop') {
    write('loop');
    run.result(id, 'again');
  } else if (effect.kind !== 'call') {
    write('fail');
    run.failure(id);
  } else {
    write(what);
    run.failure(id, { retryable: what === 'transient', mayHaveActed: what === 'unknown', safety: 'idempotent' });
  }
}

/** Something that has happened before comes once more: an answer twice, a signal twice. */
function repeat(run: Rehearsal, pick: number): void {
  const known = run.events.filter(
    (event) => event.kind === 'result' || event.kind === 'failure' || event.kind === 'signal',
  );
  const event = known[pick % known.length];
  if (event === undefined || ('id' in event && run.open.has(event.id ?? ''))) return;
  const before = run.run;
  const { disposition } = run.take(event);
  if (disposition === 'applied' || run.run !== before) throw new Error(`a repeated ${event.kind} was ${disposition}`);
}
