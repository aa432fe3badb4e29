import { describe, expect, test } from 'vitest';
import { callTo, programOf, scopeOf } from '../compile/fixture.ts';
import { defaultLimits } from '../compile/program.ts';
import type { JsonObject } from '../errors.ts';
import { Rehearsal } from './fixture.ts';

/** A loop that spins, which soundness cannot see because the call inside is on a way that is not taken. */
const spinning: JsonObject = {
  spin: {
    type: 'try',
    do: scopeOf({
      skip: { type: 'choice', when: [{ if: { '==': [1, 1] }, next: 'nothing' }], otherwise: 'work' },
      nothing: { type: 'set', values: { x: 1 } },
      work: callTo('work'),
    }),
    next: 'again',
  },
  again: { type: 'choice', when: [{ if: { '==': [1, 1] }, next: 'spin' }], otherwise: 'done' },
  done: { type: 'end' },
};

describe('a step', () => {
  test('that takes too many transitions fails the run, and no error route takes it', () => {
    const onError = [{ code: '*', next: 'sorry' }];
    const run = new Rehearsal(
      programOf({
        a: callTo('a', { next: 'box' }),
        box: { type: 'try', do: scopeOf(spinning), onError },
        sorry: callTo('sorry'),
      }),
      { checked: false },
    );
    run.result('/a#1');
    expect(run.run.result).toMatchObject({ status: 'failed', error: { code: 'TRANSITION_LIMIT' } });
    const moves = run.step.notes.filter((note) => note.kind === 'entered' || note.kind === 'chose');
    expect(moves.length).toBeLessThanOrEqual(defaultLimits.maxTransitions);
  });

  test('that takes too many transitions at the start fails the run there', () => {
    const run = new Rehearsal(programOf(spinning), { checked: false });
    expect(run.run.result).toMatchObject({ status: 'failed', error: { code: 'TRANSITION_LIMIT' } });
  });

  test('that takes too many still undoes what was done', () => {
    const run = new Rehearsal(
      programOf({ a: callTo('a', { compensate: { operation: 'un-a', input: {} }, next: 'spin' }), ...spinning }),
      { checked: false },
    );
    run.result('/a#1');
    run.result('/a#1~undo');
    expect(run.run.result).toMatchObject({ status: 'compensated', error: { code: 'TRANSITION_LIMIT' } });
  });

  test('may take as many as are allowed', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 450 }, (_, index) => [
        `n${index}`,
        { type: 'set', values: { x: index }, ...(index < 449 ? { next: `n${index + 1}` } : {}) },
      ]),
    );
    expect(new Rehearsal(programOf(chain)).run.status).toBe('completed');
  });
});

describe('a history', () => {
  const loop = programOf({
    a: callTo('a', { compensate: { operation: 'un-a', input: {} }, next: 'tick' }),
    tick: { type: 'event', name: 'tick', next: 'tick2' },
    tick2: {
      type: 'choice',
      when: [{ if: { '==': [{ var: 'steps.tick' }, 'stop'] }, next: 'done' }],
      otherwise: 'tick',
    },
    done: { type: 'end' },
  });

  test('that is too long fails the run, and everything that was done is still undone', () => {
    const run = new Rehearsal(loop, { checked: false });
    run.result('/a#1');
    while (run.run.sequence < defaultLimits.maxEvents) run.signal('tick');
    expect(run.run.status).toBe('waiting');
    run.signal('tick');
    expect(run.waits()).toEqual(['/a#1~undo']);
    run.failure('/a#1~undo', { retryable: true });
    run.timer('/a#1~undo:retry');
    run.result('/a#1~undo');
    expect(run.run.result).toMatchObject({ status: 'compensated', error: { code: 'HISTORY_LIMIT' } });
  });

  test('that is too long can still be terminated', () => {
    const run = new Rehearsal(loop, { checked: false });
    run.result('/a#1');
    while (run.run.sequence < defaultLimits.maxEvents) run.signal('tick');
    run.take({ kind: 'terminate', reason: 'enough' });
    expect(run.run.result).toEqual({ status: 'cancelled', reason: 'enough' });
  });
});

describe('sub-flows', () => {
  test('nest only so deep', () => {
    const program = programOf({ child: { type: 'subflow', flow: 'tested' } });
    expect(new Rehearsal(program, { depth: defaultLimits.maxDepth - 1 }).waits()).toEqual(['/child#1']);
    expect(new Rehearsal(program, { depth: defaultLimits.maxDepth }).run.result).toMatchObject({
      error: { code: 'DEPTH_LIMIT' },
    });
  });
});
