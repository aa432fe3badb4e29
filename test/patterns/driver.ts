import { programOf } from '@heddle/engine/compile/fixture';
import type { Json, JsonObject } from '@heddle/engine/errors';
import { Rehearsal, type RehearsalOptions } from '@heddle/engine/kernel/fixture';
import type { Effect, Failure } from '@heddle/engine/kernel/index';
import { isFinal } from '@heddle/engine/kernel/index';

/** What the world says to an effect; undefined: nothing, for ever. */
export type Reply = { readonly output: Json } | { readonly error: Partial<Failure> } | undefined;

/** Everything outside a run: answers an effect as soon as it is asked for. */
export type World = (effect: Effect) => Reply;

const answerable: readonly Effect['kind'][] = ['call', 'query', 'script', 'emit', 'start-run', 'compensate-run'];

/** Gives every call its own id as output, and fails the nodes that are named. */
export const echo =
  (failing: { readonly [node: string]: Partial<Failure> } = {}): World =>
  (effect) => {
    if (!('id' in effect)) return undefined;
    const error = 'node' in effect ? failing[effect.node] : undefined;
    return error ? { error } : { output: effect.id };
  };

/** Like `echo`, but says nothing to these nodes. */
export const silentTo =
  (...nodes: readonly string[]): World =>
  (effect) =>
    'node' in effect && nodes.includes(effect.node) ? undefined : echo()(effect);

/** A run of a flow made of these nodes, at its first rest. */
export const start = (
  nodes: JsonObject,
  options: RehearsalOptions & { readonly head?: JsonObject } = {},
): Rehearsal => {
  const { head, ...rest } = options;
  return new Rehearsal(programOf(nodes, head), rest);
};

/**
 * Lets the world answer until nothing can happen any more: first come, first answered; when nothing else can happen,
 * the clock goes on to the earliest timer. What the world does not answer stays open.
 *
 * @param until stops as soon as it holds
 */
export function drive(run: Rehearsal, world: World, until: (run: Rehearsal) => boolean = () => false): Rehearsal {
  const ignored = new Set<Effect>();
  while (!isFinal(run.run.status) && !until(run)) {
    const next = [...run.open.values()].find((effect) => answerable.includes(effect.kind) && !ignored.has(effect));
    if (next === undefined) {
      const timer = earliest(run);
      if (timer === undefined) return run;
      run.timer(timer);
    } else if (!reply(run, next, world)) ignored.add(next);
  }
  return run;
}

function reply(run: Rehearsal, effect: Effect, world: World): boolean {
  const said = world(effect);
  if (said === undefined || !('id' in effect) || effect.id === undefined) return false;
  if ('output' in said) run.result(effect.id, said.output);
  else run.failure(effect.id, said.error);
  return true;
}

function earliest(run: Rehearsal): string | undefined {
  const timers = [...run.open.values()].filter((effect) => effect.kind === 'timer');
  return timers.sort((a, b) => a.dueAt - b.dueAt)[0]?.id;
}

/** The nodes that were entered, in order, choices with the way they took: `grade → when:0`. */
export const path = (run: Rehearsal): string[] =>
  run.notes.flatMap((note) => {
    if (note.kind === 'entered') return [note.node];
    return note.kind === 'chose' ? [`${note.node} → ${note.port}`] : [];
  });
