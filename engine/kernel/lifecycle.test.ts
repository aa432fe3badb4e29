import { describe, expect, test } from 'vitest';
import { callTo, programOf, scopeOf } from '../compile/fixture.ts';
import { Rehearsal } from './fixture.ts';
import { replay } from './index.ts';

const two = programOf({ a: callTo('a', { next: 'b' }), b: callTo('b') });
const both = programOf({
  both: {
    type: 'parallel',
    branches: { x: scopeOf({ a: callTo('a') }), y: scopeOf({ b: callTo('b') }) },
    next: 'paid',
  },
  paid: { type: 'event', name: 'paid' },
});

const skip = { type: 'choice', when: [{ if: { '==': [1, 1] }, next: 'nothing' }], otherwise: 'work' };

describe('a suspended run', () => {
  test('keeps what happens, and takes it in order when it is resumed', () => {
    const run = new Rehearsal(both);
    run.take({ kind: 'suspend' });
    run.result('/both/y/b#1', 'b');
    run.signal('paid', 5);
    run.result('/both/x/a#1', 'a');
    expect(run.run.status).toBe('suspended');
    expect(run.step.effects).toEqual([]);
    expect(run.waits()).toEqual([]);
    run.take({ kind: 'resume' });
    expect(run.run.result).toEqual({ status: 'completed', output: 5 });
    expect(run.history('completed', 'operator', 'signal')).toEqual([
      'operator',
      'operator',
      'completed /both/y/b#1',
      'signal',
      'completed /both/x/a#1',
      'completed /both#1',
      'completed /paid#1',
    ]);
  });

  test('is suspended once and resumed once', () => {
    const run = new Rehearsal(two);
    expect(run.take({ kind: 'resume' }).disposition).toBe('duplicate');
    run.take({ kind: 'suspend' });
    expect(run.take({ kind: 'suspend' }).disposition).toBe('duplicate');
    run.take({ kind: 'resume' });
    expect(run.run.status).toBe('running');
  });

  test('takes a repeated answer once', () => {
    const run = new Rehearsal(two);
    run.take({ kind: 'suspend' });
    run.result('/a#1', 1);
    run.result('/a#1', 2);
    run.take({ kind: 'resume' });
    expect(run.run.root.steps).toEqual({ a: 1 });
    expect(run.waits()).toEqual(['/b#1']);
  });

  test('refuses at once a signal that no node can take, and knows one that it keeps', () => {
    const run = new Rehearsal(both);
    run.take({ kind: 'suspend' });
    expect(run.signal('unheard').disposition).toBe('refused');
    expect(run.signal('paid', 1, { dedupeId: 'x' }).disposition).toBe('applied');
    expect(run.signal('paid', 1, { dedupeId: 'x' }).disposition).toBe('duplicate');
  });

  test('gives every event that it kept the transitions of an event', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [
        `n${index}`,
        { type: 'set', values: { x: index }, ...(index < 199 ? { next: `n${index + 1}` } : {}) },
      ]),
    );
    const each = {
      type: 'forEach',
      items: [0, 1, 2, 3, 4, 5, 6, 7],
      do: scopeOf({ a: callTo('a', { next: 'n0' }), ...chain }),
    };
    const run = new Rehearsal(programOf({ each }), { checked: false });
    run.take({ kind: 'suspend' });
    for (let index = 0; index < 8; index += 1) run.result(`/each[${index}]/a#1`);
    run.take({ kind: 'resume' });
    expect(run.run.status).toBe('completed');
  });

  test('can be terminated', () => {
    const run = new Rehearsal(two);
    run.take({ kind: 'suspend' });
    run.take({ kind: 'terminate', reason: 'enough' });
    expect(run.run.result).toEqual({ status: 'cancelled', reason: 'enough' });
  });

  test('goes on when it is cancelled, so that what was done is undone', () => {
    const run = new Rehearsal(
      programOf({ a: callTo('a', { compensate: { operation: 'un-a', input: {} }, next: 'b' }), b: callTo('b') }),
    );
    run.take({ kind: 'suspend' });
    run.result('/a#1', 1);
    run.cancel();
    expect(run.run.status).toBe('compensating');
    expect(run.waits()).toEqual(['/a#1~undo']);
    expect(run.history('completed', 'cancelled')).toEqual(['completed /a#1', 'cancelled /b#1']);
    run.result('/a#1~undo');
    expect(run.run.result).toEqual({ status: 'compensated', reason: 'by request' });
  });

  test('takes what it kept before it is cancelled, even if that ends it', () => {
    const run = new Rehearsal(both);
    run.take({ kind: 'suspend' });
    run.result('/both/y/b#1');
    run.signal('paid', 5);
    run.result('/both/x/a#1');
    expect(run.cancel().disposition).toBe('applied');
    expect(run.run.result).toEqual({ status: 'completed', output: 5 });
  });

  test('that is being undone goes on with that when it is cancelled', () => {
    const run = new Rehearsal(
      programOf({ a: callTo('a', { compensate: { operation: 'un-a', input: {} }, next: 'b' }), b: callTo('b') }),
    );
    run.result('/a#1');
    run.failure('/b#1');
    run.take({ kind: 'suspend' });
    expect(run.cancel().disposition).toBe('applied');
    run.result('/a#1~undo');
    expect(run.run.result).toMatchObject({ status: 'compensated', error: { code: 'SERVICE_ERROR' } });
  });

  test('hears what calls in flight have to say even if an event before fails the run', () => {
    const spinning = {
      b: callTo('b', { next: 'spin' }),
      spin: {
        type: 'try',
        do: scopeOf({ skip, nothing: { type: 'set', values: { x: 1 } }, work: callTo('work') }),
        next: 'again',
      },
      again: { type: 'choice', when: [{ if: { '==': [1, 1] }, next: 'spin' }], otherwise: 'done' },
      done: { type: 'end' },
    };
    const undoable = callTo('a', { compensate: { operation: 'un-a', input: {} } });
    const branches = { x: scopeOf({ a: undoable }), y: scopeOf(spinning) };
    const run = new Rehearsal(programOf({ both: { type: 'parallel', branches } }));
    run.take({ kind: 'suspend' });
    run.result('/both/y/b#1');
    run.result('/both/x/a#1');
    run.take({ kind: 'resume' });
    expect(run.waits()).toEqual(['/both/x/a#1~undo']);
  });
});

describe('terminating', () => {
  test('ends a run at once and undoes nothing', () => {
    const run = new Rehearsal(
      programOf(
        { a: callTo('a', { compensate: { operation: 'un-a', input: {} }, next: 'b' }), b: callTo('b') },
        { timeout: '1h' },
      ),
    );
    run.result('/a#1');
    run.take({ kind: 'terminate', reason: 'enough' });
    expect(run.run.result).toEqual({ status: 'cancelled', reason: 'enough' });
    expect(run.waits()).toEqual([]);
    expect(run.asked('call')).toEqual(['call /a#1', 'call /b#1']);
  });
});

describe('a failed run that is tried again', () => {
  test('calls the failed step again under the same id, and no step that was completed', () => {
    const run = new Rehearsal(two);
    run.result('/a#1', 1);
    run.failure('/b#1');
    expect(run.run.status).toBe('failed');
    run.operator('retry');
    expect(run.step.effects).toMatchObject([{ kind: 'call', id: '/b#1' }]);
    run.result('/b#1', 2);
    expect(run.run.result).toEqual({ status: 'completed', output: 2 });
    expect(run.asked('call')).toEqual(['call /a#1', 'call /b#1', 'call /b#1']);
  });

  test('can fail and be tried again more than once', () => {
    const run = new Rehearsal(two);
    run.result('/a#1');
    for (const _round of [1, 2, 3]) {
      run.failure('/b#1');
      expect(run.run.status).toBe('failed');
      run.operator('retry');
    }
    expect(run.waits()).toEqual(['/b#1']);
    expect(run.run.sequence).toBe(8);
  });

  test('asks again for what the failure had stopped', () => {
    const run = new Rehearsal(both);
    run.failure('/both/x/a#1');
    expect(run.waits()).toEqual([]);
    run.operator('retry');
    expect(run.waits().sort()).toEqual(['/both/x/a#1', '/both/y/b#1']);
  });

  test('does not call a step again whose answer is taken again', () => {
    const run = new Rehearsal(
      programOf({ a: callTo('a', { next: 'check' }), check: { type: 'fail', code: 'TOO_LATE' } }),
    );
    run.result('/a#1', 1);
    run.operator('retry');
    expect(run.step.effects.map((effect) => effect.kind)).toEqual(['finish']);
    expect(run.run.result).toMatchObject({ status: 'failed', error: { code: 'TOO_LATE' } });
  });

  test('gives its sub-flows the ids that they had', () => {
    const run = new Rehearsal(
      programOf({ one: { type: 'subflow', flow: 'x', wait: false, next: 'two' }, two: { type: 'subflow', flow: 'x' } }),
    );
    run.result('/one#1');
    run.failure('/two#1');
    run.operator('retry');
    expect(run.open.get('/two#1')).toMatchObject({ runId: 'run~2' });
  });

  test('is one that failed; others have finished', () => {
    const run = new Rehearsal(two);
    run.cancel();
    expect(run.operator('retry').disposition).toBe('finished');
  });
});

describe('a journal', () => {
  test('replays to the same state, notes and effects', () => {
    const run = new Rehearsal(both);
    run.result('/both/x/a#1', 1);
    run.result('/both/x/a#1', 2);
    run.failure('/both/y/b#1');
    run.operator('retry');
    run.result('/both/y/b#1');
    run.signal('paid');
    const replayed = replay(run.program, { start: run.start, events: run.events });
    expect(replayed.run).toEqual(run.run);
    expect(replayed.notes).toEqual(run.notes);
    expect(replayed.effects).toEqual(run.effects);
  });
});
