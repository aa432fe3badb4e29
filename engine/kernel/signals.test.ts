import { describe, expect, test } from 'vitest';
import { callTo, programOf, scopeOf } from '../compile/fixture.ts';
import type { JsonObject } from '../errors.ts';
import { Rehearsal } from './fixture.ts';

const waitFor = (name: string, more: JsonObject = {}) => ({ type: 'event', name, ...more });
/** A call first, so that a signal can come early. */
const later = (more: JsonObject = {}) =>
  new Rehearsal(programOf({ a: callTo('a', { next: 'paid' }), paid: waitFor('paid', more) }));

describe('a signal', () => {
  test('completes the node that waits for it, with its payload', () => {
    const run = new Rehearsal(programOf({ paid: waitFor('paid', { timeout: '1h' }) }));
    expect(run.waits()).toEqual(['/paid#1', '/paid#1:timeout']);
    run.signal('paid', { amount: 5 });
    expect(run.run.result).toEqual({ status: 'completed', output: { amount: 5 } });
    expect(run.history('signal', 'completed')).toEqual(['signal', 'completed /paid#1']);
    expect(run.waits()).toEqual([]);
  });

  test('may be stood in for by a result, as in a try; its timer goes too', () => {
    const run = new Rehearsal(programOf({ paid: waitFor('paid', { timeout: '1h' }) }));
    run.result('/paid#1', { amount: 5 });
    expect([run.run.result, run.waits()]).toEqual([{ status: 'completed', output: { amount: 5 } }, []]);
  });

  test('that comes early is kept until its node is reached, oldest first, and consumed once', () => {
    const run = new Rehearsal(
      programOf({
        a: callTo('a', { next: 'one' }),
        one: waitFor('paid', { next: 'two' }),
        two: waitFor('paid', { next: 'three' }),
        three: waitFor('paid'),
      }),
    );
    run.signal('paid', 1);
    run.signal('paid', 2);
    run.result('/a#1');
    expect(run.run.root.steps).toMatchObject({ one: 1, two: 2 });
    expect(run.waits()).toEqual(['/three#1']);
    expect(run.run.signals).toEqual([]);
  });

  test('is taken once per id, early or not', () => {
    const run = later();
    expect(run.signal('paid', 1, { dedupeId: 'x' }).disposition).toBe('applied');
    expect(run.signal('paid', 2, { dedupeId: 'x' }).disposition).toBe('duplicate');
    expect(run.run.signals).toHaveLength(1);
  });

  test('that was consumed is still known', () => {
    const run = new Rehearsal(programOf({ one: waitFor('paid', { next: 'two' }), two: waitFor('paid') }));
    run.signal('paid', 1, { dedupeId: 'x' });
    expect(run.signal('paid', 1, { dedupeId: 'x' }).disposition).toBe('duplicate');
    expect(run.waits()).toEqual(['/two#1']);
  });

  test.each(['unheard', 'constructor', 'toString', 'xstate.done.actor.a'])(
    'of a name that the flow does not know, %s, is refused and not remembered',
    (name) => {
      const run = later();
      expect(run.signal(name, 1, { dedupeId: 'x' }).disposition).toBe('refused');
      expect(run.run.seen).toEqual([]);
    },
  );

  test('may have a name that every object has', () => {
    const run = new Rehearsal(programOf({ a: callTo('a', { next: 'odd' }), odd: waitFor('constructor') }));
    expect(run.signal('constructor', 1).disposition).toBe('applied');
    run.result('/a#1');
    expect(run.run.status).toBe('completed');
  });

  test('goes to the node that has waited longest', () => {
    const branches = {
      x: scopeOf({ x: callTo('x', { next: 'late' }), late: waitFor('paid') }),
      y: scopeOf({ early: waitFor('paid') }),
    };
    const run = new Rehearsal(programOf({ both: { type: 'parallel', branches } }));
    run.result('/both/x/x#1');
    run.signal('paid', 1);
    expect(run.waits()).toEqual(['/both/x/late#1']);
  });
});

describe('the buffer of an event node', () => {
  test('none refuses what comes early', () => {
    const run = later({ buffer: 'none' });
    expect(run.signal('paid', 1).disposition).toBe('refused');
    run.result('/a#1');
    expect(run.waits()).toEqual(['/paid#1']);
    expect(run.signal('paid', 2).disposition).toBe('applied');
  });

  test.each([
    { afterMs: 60_000, taken: true },
    { afterMs: 60_001, taken: false },
  ])('of a minute, reached after $afterMs ms, takes an early signal: $taken', ({ afterMs, taken }) => {
    const run = later({ buffer: '1m' });
    run.signal('paid', 1);
    run.now += afterMs;
    run.result('/a#1');
    expect(run.run.status).toBe(taken ? 'completed' : 'waiting');
    expect(run.run.signals).toEqual([]);
  });

  test('is that of the most patient node of the name', () => {
    const run = new Rehearsal(
      programOf({
        a: callTo('a', { next: 'none' }),
        none: waitFor('paid', { buffer: 'none', next: 'some' }),
        some: waitFor('paid', { buffer: '1h' }),
      }),
    );
    expect(run.signal('paid', 1).disposition).toBe('applied');
    run.now += 10;
    run.result('/a#1');
    expect(run.waits()).toEqual(['/none#1']);
    run.signal('paid', 2);
    expect(run.run.root.steps).toMatchObject({ none: 2, some: 1 });
  });
});

describe('correlation', () => {
  const program = programOf({
    a: callTo('a', { next: 'paid' }),
    paid: waitFor('paid', { correlation: { order: { $: { var: 'input.order' } }, leg: 1 } }),
  });

  test.each([
    { correlation: { leg: 1, order: 'A' }, taken: true },
    { correlation: { order: 'B', leg: 1 }, taken: false },
    { correlation: { order: 'A' }, taken: false },
    { correlation: undefined, taken: false },
  ])('by $correlation matches: $taken', ({ correlation, taken }) => {
    const early = new Rehearsal(program, { input: { order: 'A' } });
    early.signal('paid', 1, correlation ? { correlation } : {});
    early.result('/a#1');
    expect(early.run.status).toBe(taken ? 'completed' : 'waiting');
    const late = new Rehearsal(program, { input: { order: 'A' } });
    late.result('/a#1');
    late.signal('paid', 1, correlation ? { correlation } : {});
    expect(late.run.status).toBe(taken ? 'completed' : 'waiting');
  });
});

describe('an event that does not come', () => {
  test('fails with EVENT_TIMEOUT, never early', () => {
    const run = new Rehearsal(
      programOf({
        paid: waitFor('paid', { timeout: '1m', onError: [{ code: 'EVENT_TIMEOUT', next: 'sorry' }] }),
        sorry: callTo('sorry'),
      }),
    );
    run.now += 59_999;
    expect(run.take({ kind: 'timer', id: '/paid#1:timeout' }).disposition).toBe('dropped');
    run.timer('/paid#1:timeout');
    expect(run.waits()).toEqual(['/sorry#1']);
  });
});
