import type { Block, CallBlock, ForEachBlock, ParallelBlock, TryBlock } from './flows.ts';

/** What happened to an effect, at event number `at`. `transient`: a failure that may be tried again; `again`: the time to try again has come. */
export interface Entry {
  readonly at: number;
  readonly id: string;
  readonly kind: 'ok' | 'loop' | 'fail' | 'transient' | 'unknown' | 'again';
}

export interface Expected {
  readonly status: 'active' | 'completed' | 'failed' | 'cancelled' | 'compensated';
  /** Effects that somebody has to answer now. */
  readonly open: ReadonlySet<string>;
  /** Of each of these groups exactly one is open: what was done at the same moment may be undone in any order. */
  readonly oneOf: readonly (readonly string[])[];
}

const NEVER = Number.POSITIVE_INFINITY;

/** How far something has come: `stopped` by an end of its own scope, which ends a scope as `done` does. */
interface Outcome {
  readonly status: 'active' | 'done' | 'failed' | 'stopped';
  readonly at: number;
}

/** What a part of a run leaves behind: what it waits for, what it has done that can be undone, and when. */
interface Traces {
  readonly open: Set<string>;
  readonly oneOf: (readonly string[])[];
  readonly acted: Map<string, number>;
  readonly inFlight: Set<string>;
  ended?: number;
}

/** One scope instance. What happens after `cut` is not seen by it: it was cancelled then. */
interface Place {
  readonly path: string;
  readonly cut: number;
  readonly traces: Traces;
  readonly visits: Map<string, number>;
  /** Losers that nobody waits for except the end of the scope. */
  readonly absorbed: ((cut: number) => Outcome)[];
}

const nothing = (): Traces => ({ open: new Set(), oneOf: [], acted: new Map(), inFlight: new Set() });

/**
 * What FLOW.md says about a run of these blocks, given everything that has happened. It keeps no state and moves no
 * tokens: it looks back at the whole log and works out from the times when each part must have begun, been decided and
 * ended. A part that was cancelled is the same part, seen up to the moment of its cancellation.
 */
export function expected(
  blocks: readonly Block[],
  flags: readonly boolean[],
  log: readonly Entry[],
  cancelledAt: number = NEVER,
): Expected {
  const entries = new Map<string, Entry[]>();
  for (const entry of log) entries.set(entry.id, [...(entries.get(entry.id) ?? []), entry]);
  const logged = (id: string): readonly Entry[] => entries.get(id) ?? [];
  const undoneAt = (id: string) => logged(`${id}~undo`)[0]?.at ?? NEVER;

  const active: Outcome = { status: 'active', at: NEVER };

  function scope(list: readonly Block[], path: string, start: number, cut: number, traces: Traces): Outcome {
    const place: Place = { path, cut, traces, visits: new Map(), absorbed: [] };
    const own = sequence(list, place, start);
    const lingerCut = own.status === 'failed' ? Math.min(cut, own.at) : cut;
    const rest = place.absorbed.map((loser) => loser(lingerCut));
    if (own.status === 'active' || own.status === 'failed') return own;
    if (rest.some((loser) => loser.status === 'active')) return active;
    return { status: 'done', at: Math.max(own.at, ...rest.map((loser) => loser.at)) };
  }

  function sequence(list: readonly Block[], place: Place, start: number): Outcome {
    let at = start;
    for (const one of list) {
      const outcome = run(one, place, at);
      const goesOn = outcome.status === 'done' || (outcome.status === 'failed' && 'handled' in one && one.handled);
      if (!goesOn) return outcome;
      at = outcome.at;
    }
    return { status: 'done', at };
  }

  function run(one: Block, place: Place, at: number): Outcome {
    switch (one.kind) {
      case 'call':
        return call(one, place).outcome;
      case 'set':
        return { status: 'done', at };
      case 'wait':
      case 'event':
      case 'subflow':
        return waiting(one, place, at);
      case 'choice': {
        if (!flags[one.flag]) return sequence(one.right, place, at);
        const left = sequence(one.left, place, at);
        if (left.status !== 'done' || one.stop === undefined) return left;
        if (one.stop === 'end-flow') place.traces.ended = left.at;
        if (one.stop === 'end-flow') return active;
        return { status: one.stop === 'fail' ? 'failed' : 'stopped', at: left.at };
      }
      case 'loop': {
        for (;;) {
          const { outcome, again } = call(one.call, place);
          if (outcome.status === 'failed' && one.call.handled) return { status: 'done', at: outcome.at };
          if (outcome.status !== 'done') return outcome;
          const rest = sequence(one.rest, place, outcome.at);
          if (rest.status !== 'done' || !again) return rest;
        }
      }
      case 'parallel':
        return parallel(one, place, at);
      case 'forEach':
        return forEach(one, place, at);
      default:
        return region(one, place, at);
    }
  }

  const visit = (nodeId: string, { path, visits }: Place) => {
    visits.set(nodeId, (visits.get(nodeId) ?? 0) + 1);
    return `${path}/${nodeId}#${visits.get(nodeId)}`;
  };

  function call(one: CallBlock, place: Place): { readonly outcome: Outcome; readonly again: boolean } {
    const id = visit(one.id, place);
    let resting = false;
    let failures = 0;
    // An attempt may have acted: then the step has to be undone however it ends.
    let unsure = false;
    for (const { at, kind } of logged(id)) {
      if (at > place.cut) break;
      resting = false;
      if (kind === 'again') continue;
      unsure ||= kind === 'unknown';
      if (kind !== 'ok' && kind !== 'loop' && kind !== 'fail' && one.retry && failures === 0) {
        failures += 1;
        resting = true;
        continue;
      }
      if ((kind === 'ok' || kind === 'loop' || unsure) && one.undo) place.traces.acted.set(id, at);
      const status = kind === 'ok' || kind === 'loop' ? 'done' : 'failed';
      return { outcome: { status, at }, again: kind === 'loop' };
    }
    if (place.cut === NEVER) place.traces.open.add(resting ? `${id}:retry` : id);
    else if (one.undo && resting && unsure) place.traces.acted.set(id, place.cut);
    else if (one.undo && !resting) {
      // Cancelled while it was with the service: what it did has to be undone, so its answer is waited for.
      const late = logged(id).find(({ at }) => at > place.cut);
      if (late === undefined) {
        place.traces.open.add(id);
        place.traces.inFlight.add(id);
      } else if (unsure || late.kind === 'ok' || late.kind === 'loop' || late.kind === 'unknown')
        place.traces.acted.set(id, late.at);
    }
    return { outcome: active, again: false };
  }

  function waiting(
    one: Extract<Block, { kind: 'wait' | 'event' | 'set' | 'subflow' }>,
    place: Place,
    start: number,
  ): Outcome {
    const id = visit(one.id, place);
    const entry = logged(id).find(({ at }) => at <= place.cut);
    if (entry === undefined) {
      if (place.cut === NEVER) place.traces.open.add(id);
      else if (one.kind === 'subflow') place.traces.acted.set(id, place.cut);
      return active;
    }
    if (entry.kind === 'ok' && one.kind === 'subflow') place.traces.acted.set(id, entry.at);
    // An event may have come before its node was reached.
    return { status: entry.kind === 'ok' ? 'done' : 'failed', at: Math.max(start, entry.at) };
  }

  function parallel(one: ParallelBlock, place: Place, start: number): Outcome {
    const base = visit(one.id, place).replace(/#1$/, '');
    const parts = one.branches.flatMap((branch, index) =>
      branch.flag === undefined || flags[branch.flag]
        ? [(cut: number, traces: Traces) => scope(branch.blocks, `${base}/b${index}`, start, cut, traces)]
        : [],
    );
    const need = one.need === 'all' ? parts.length : one.need === 'any' ? 1 : one.need;
    if (need > parts.length) return { status: 'failed', at: start };
    if (parts.length === 0) return { status: 'done', at: start };
    return join(
      one,
      parts,
      decision(
        parts.map((part) => part(place.cut, nothing())),
        need,
        parts.length,
      ),
      place,
    );
  }

  function forEach(one: ForEachBlock, place: Place, start: number): Outcome {
    const base = visit(one.id, place).replace(/#1$/, '');
    const need = one.need === 'all' ? one.count : one.need === 'any' ? 1 : one.need;
    if (need > one.count) return { status: 'failed', at: start };
    if (one.count === 0) return { status: 'done', at: start };
    const part = (index: number, begin: number) => (cut: number, traces: Traces) =>
      scope(one.blocks, `${base}[${index}]`, begin, cut, traces);
    // Item by item: the next one begins as soon as one of those before it has ended.
    const begins: number[] = [];
    const ends: Outcome[] = [];
    for (let index = 0; index < one.count; index += 1) {
      const freed = ends.map((end) => end.at).sort((a, b) => a - b);
      const begin = index < one.concurrency ? start : (freed[index - one.concurrency] ?? NEVER);
      if (begin === NEVER || begin > place.cut) break;
      begins.push(begin);
      ends.push(part(index, begin)(place.cut, nothing()));
    }
    const settled = ends.length === one.count ? Math.max(...ends.map((end) => end.at)) : NEVER;
    const decided =
      one.need === 'all' && one.collect ? { status: 'done' as const, at: settled } : decision(ends, need, one.count);
    const parts = begins.flatMap((begin, index) => (begin < decided.at ? [part(index, begin)] : []));
    return join(one, parts, decided, place);
  }

  /** When enough have succeeded, or enough can no longer succeed. */
  function decision(outcomes: readonly Outcome[], need: number, total: number): Outcome {
    const times = (status: string) =>
      outcomes.flatMap((outcome) => (outcome.status === status ? [outcome.at] : [])).sort((a, b) => a - b);
    const met = times('done')[need - 1] ?? NEVER;
    const missed = times('failed')[total - need] ?? NEVER;
    return met <= missed ? { status: 'done', at: met } : { status: 'failed', at: missed };
  }

  function join(
    one: ParallelBlock | ForEachBlock,
    parts: readonly ((cut: number, traces: Traces) => Outcome)[],
    decided: Outcome,
    place: Place,
  ): Outcome {
    for (const part of parts) {
      const probe = part(place.cut, nothing());
      if (decided.at === NEVER || probe.at <= decided.at) part(place.cut, place.traces);
      else if (decided.status === 'done' && one.losers === 'absorb')
        place.absorbed.push((cut) => part(cut, place.traces));
      else part(decided.at, place.traces);
    }
    return decided.at === NEVER ? active : decided;
  }

  function region(one: TryBlock, place: Place, start: number): Outcome {
    const path = visit(one.id, place).replace(/#1$/, '');
    const probe = scope(one.blocks, path, start, place.cut, nothing());
    if (probe.status !== 'failed') return scope(one.blocks, path, start, place.cut, place.traces);
    const inside = nothing();
    scope(one.blocks, path, start, probe.at, inside);
    const left: Outcome = one.saga ? undo(inside, probe.at, place.cut) : probe;
    for (const [id, at] of inside.acted) place.traces.acted.set(id, at);
    for (const id of inside.open) place.traces.open.add(id);
    for (const id of inside.inFlight) place.traces.inFlight.add(id);
    place.traces.oneOf.push(...inside.oneOf);
    return left.status === 'active' ? left : { status: 'failed', at: left.at };
  }

  /** Undoes what was done, last first, once everything in flight has told its outcome. */
  function undo(traces: Traces, from: number, cut: number): Outcome {
    const landed = [...traces.acted.values()].filter((at) => at > from);
    if (traces.inFlight.size > 0 || landed.some((at) => at > cut)) return active;
    const missing = [...traces.acted].filter(([id]) => undoneAt(id) === NEVER || undoneAt(id) > cut);
    if (missing.length > 0) {
      const last = Math.max(...missing.map(([, at]) => at));
      if (cut === NEVER) traces.oneOf.push(missing.flatMap(([id, at]) => (at === last ? [`${id}~undo`] : [])));
      return active;
    }
    return { status: 'done', at: Math.max(from, lastLanding(traces, from), ...[...traces.acted.keys()].map(undoneAt)) };
  }

  /** Calls in flight that failed for certain were waited for too. */
  const lastLanding = (traces: Traces, from: number) =>
    Math.max(from, ...[...traces.acted.values()].filter((at) => at !== NEVER));

  const traces = nothing();
  const root = scope(blocks, '', 0, cancelledAt, nothing());
  const final = (status: Expected['status']): Expected => ({ status, open: new Set(), oneOf: [] });
  const ended = nothing();
  scope(blocks, '', 0, cancelledAt, ended);
  if (ended.ended !== undefined) return final('completed');
  if (root.status === 'done') return final('completed');
  const stoppedAt = root.status === 'failed' ? root.at : cancelledAt;
  scope(blocks, '', 0, stoppedAt, traces);
  if (stoppedAt === NEVER) return { status: 'active', open: traces.open, oneOf: traces.oneOf };
  const all = undo(traces, stoppedAt, NEVER);
  if (all.status === 'active') return { status: 'active', open: traces.open, oneOf: traces.oneOf };
  const undoneNow = [...traces.acted.keys()].some((id) => undoneAt(id) !== NEVER && undoneAt(id) > stoppedAt);
  return final(undoneNow ? 'compensated' : root.status === 'failed' ? 'failed' : 'cancelled');
}
