import { outstanding, type Run, type RunEvent } from '@heddle/engine/kernel/index';
import type { Block } from '../properties/flows.ts';
import { type Entry, expected } from '../properties/model.ts';
import { must, type Told } from './witness.ts';

/** A run's journal in the words of the model. */
export interface Story {
  readonly log: readonly Entry[];
  readonly cancelledAt: number | undefined;
}

/** @param states the run before each event */
function storyOf(events: readonly RunEvent[], states: readonly Run[], paths: ReadonlyMap<string, string>): Story {
  const log: Entry[] = [];
  const heard = new Set<string>();
  let cancelledAt: number | undefined;
  for (const [index, event] of events.entries()) {
    if (isHeardTwice(states[index], event)) continue;
    const at = index + 1;
    const write = (id: string, kind: Entry['kind']) => log.push({ at, id, kind });
    if (event.kind === 'result')
      write(event.id, event.output === 'again' && !event.id.endsWith('~undo') ? 'loop' : 'ok');
    if (event.kind === 'failure' && !event.id.endsWith('~undo')) write(event.id, failureOf(event));
    if (event.kind === 'timer') timer(event.id, write);
    if (event.kind === 'cancel') cancelledAt ??= at;
    const path = event.kind === 'signal' && !heard.has(event.name) ? paths.get(event.name) : undefined;
    if (event.kind !== 'signal' || path === undefined) continue;
    heard.add(event.name);
    write(path, 'ok');
  }
  return { log, cancelledAt };
}

/** An answer that a suspended run has kept already, handed in again because the write was said to have failed. */
function isHeardTwice(run: Run | undefined, event: RunEvent): boolean {
  if (!isAnswer(event) || run?.suspended !== true) return false;
  return run.held.some((held) => isAnswer(held) && held.id === event.id);
}

const isAnswer = (event: RunEvent) => event.kind === 'result' || event.kind === 'failure';

function failureOf({ error }: Extract<RunEvent, { kind: 'failure' }>): Entry['kind'] {
  if (error.mayHaveActed) return 'unknown';
  return error.retryable ? 'transient' : 'fail';
}

function timer(id: string, write: (id: string, kind: Entry['kind']) => void): void {
  if (id.endsWith('~undo:retry') || id.endsWith(':more')) return;
  if (id.endsWith(':retry')) write(id.slice(0, -':retry'.length), 'again');
  else write(id, 'ok');
}

/** The step ids of the events that a flow waits for, by name; each is reached once at most. */
export function eventPaths(blocks: readonly Block[], scope = ''): Map<string, string> {
  const found = new Map<string, string>();
  const inside = (list: readonly Block[], path: string) => {
    for (const [name, id] of eventPaths(list, path)) found.set(name, id);
  };
  for (const block of blocks) {
    if (block.kind === 'event') found.set(block.id, `${scope}/${block.id}#1`);
    if (block.kind === 'try') inside(block.blocks, `${scope}/${block.id}`);
    if (block.kind === 'choice') {
      inside(block.left, scope);
      inside(block.right, scope);
    }
    if (block.kind === 'parallel')
      for (const [index, branch] of block.branches.entries()) inside(branch.blocks, `${scope}/${block.id}/b${index}`);
  }
  return found;
}

/** After each line of its journal the run must wait for what the model says, and end as it says. */
export function mustAgree(
  runId: string,
  told: Told,
  blocks: readonly Block[],
  flags: readonly boolean[],
  upTo: number,
): void {
  const { log, cancelledAt } = storyOf(told.events.slice(0, upTo), told.states, eventPaths(blocks));
  const last = Math.min(upTo, unaskedUndo(told));
  for (let index = 0; index <= last; index += 1) {
    const run = told.states[index];
    if (run === undefined || run.suspended) continue;
    const cancelled = cancelledAt !== undefined && cancelledAt <= index ? cancelledAt : undefined;
    const want = expected(
      blocks,
      flags,
      log.filter(({ at }) => at <= index),
      cancelled,
    );
    const open = new Set(outstanding(told.program, run).flatMap((effect) => ('id' in effect ? [effect.id] : [])));
    const where = `${runId} after line ${index + 1} of its journal`;
    const left = new Set(open);
    for (const group of want.oneOf) {
      const found = group.filter((id) => left.has(id) || left.has(`${id}:retry`));
      must(
        found.length === 1 || run.incidents > 0,
        `${where}: one of ${group.join()} is to be undone, found ${[...open].join()}`,
      );
      for (const id of found) {
        left.delete(id);
        left.delete(`${id}:retry`);
      }
    }
    must(
      [...left].sort().join() === [...want.open].sort().join(),
      `${where}: waits for ${[...left].sort().join()}; the model says ${[...want.open].sort().join()}`,
    );
    const status = run.result?.status ?? 'active';
    must(status === want.status, `${where}: is ${status}; the model says ${want.status}`);
  }
}

/**
 * A sub-flow that was cancelled tells its parent at once that it is undone. While the parent is suspended the news is
 * kept until it is resumed, and whether the parent has asked for it by then is more than the model knows.
 */
function unaskedUndo({ events, states, program }: Told): number {
  const found = events.findIndex((event, index) => {
    const before = states[index];
    if (event.kind !== 'result' || !event.id.endsWith('~undo') || before === undefined) return false;
    return !outstanding(program, before).some((effect) => 'id' in effect && effect.id === event.id);
  });
  return found < 0 ? Infinity : found;
}
