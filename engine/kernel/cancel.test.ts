import { describe, expect, test } from 'vitest';
import { callTo, programOf, scopeOf } from '../compile/fixture.ts';
import type { JsonObject } from '../errors.ts';
import { Rehearsal } from './fixture.ts';

const undoable = (operation: string, more: JsonObject = {}) =>
  callTo(operation, { compensate: { operation: `un-${operation}`, input: {} }, ...more });

describe('cancelling a run', () => {
  test('with nothing done ends it, and takes back what it waits for', () => {
    const run = new Rehearsal(programOf({ a: callTo('a') }, { timeout: '1h' }));
    run.cancel();
    expect(run.run.result).toEqual({ status: 'cancelled', reason: 'by request' });
    expect(run.asked('cancel-effect')).toEqual(['cancel-effect /a#1', 'cancel-effect /:timeout']);
    expect(run.history()).toEqual(['entered /a#1', 'operator', 'cancelled /a#1', 'finished']);
  });

  test('undoes what was done', () => {
    const run = new Rehearsal(programOf({ a: undoable('a', { next: 'b' }), b: callTo('b') }));
    run.result('/a#1');
    run.cancel();
    expect(run.run.status).toBe('compensating');
    expect(run.waits()).toEqual(['/a#1~undo']);
    run.result('/a#1~undo');
    expect(run.run.result).toEqual({ status: 'compensated', reason: 'by request' });
  });

  test('a second time changes nothing', () => {
    const run = new Rehearsal(programOf({ a: undoable('a', { next: 'b' }), b: callTo('b') }));
    run.result('/a#1');
    run.cancel();
    expect(run.cancel().disposition).toBe('duplicate');
    expect(run.waits()).toEqual(['/a#1~undo']);
  });
});

describe('a call in flight that would have to be undone', () => {
  const inFlight = () => {
    const run = new Rehearsal(
      programOf({ a: undoable('a', { next: 'b' }), b: undoable('b', { retry: { attempts: 3 } }) }),
    );
    run.result('/a#1');
    run.cancel();
    return run;
  };

  test('is waited for', () => {
    const run = inFlight();
    expect(run.waits()).toEqual(['/b#1']);
    expect(run.asked('cancel-effect')).toEqual([]);
    expect(run.run.saga).toMatchObject({ phase: 'draining' });
  });

  test.each([
    { what: 'succeeds', undone: ['/b#1~undo', '/a#1~undo'] },
    { what: 'may have acted', undone: ['/b#1~undo', '/a#1~undo'] },
    { what: 'has certainly failed', undone: ['/a#1~undo'] },
  ])('and that $what leads to $undone', ({ what, undone }) => {
    const run = inFlight();
    if (what === 'succeeds') run.result('/b#1');
    else run.failure('/b#1', { retryable: true, mayHaveActed: what === 'may have acted' });
    const found: string[] = [];
    while (run.run.saga) {
      const [id = ''] = run.waits();
      found.push(id);
      run.result(id);
    }
    expect(found).toEqual(undone);
    expect(run.run.result?.status).toBe('compensated');
  });

  test('tells its outcome once', () => {
    const run = inFlight();
    run.result('/b#1');
    expect(run.result('/b#1').disposition).toBe('dropped');
    expect(run.waits()).toEqual(['/b#1~undo']);
  });

  test('is not waited for by a terminated run', () => {
    const run = inFlight();
    run.take({ kind: 'terminate', reason: 'enough' });
    expect(run.run.result).toEqual({ status: 'cancelled', reason: 'enough' });
    expect(run.waits()).toEqual([]);
  });

  test('is undone with the run although the race that it lost went on', () => {
    const branches = { slow: scopeOf({ slow: undoable('slow') }), fast: scopeOf({ fast: callTo('fast') }) };
    const run = new Rehearsal(
      programOf({ race: { type: 'parallel', need: 'any', branches, next: 'last' }, last: callTo('last') }),
    );
    run.result('/race/fast/fast#1');
    expect(run.waits()).toEqual(['/race/slow/slow#1', '/last#1']);
    run.result('/race/slow/slow#1');
    run.failure('/last#1');
    expect(run.waits()).toEqual(['/race/slow/slow#1~undo']);
  });

  test('is undone by its input when its outcome is unknown and its output was never seen', () => {
    const item = { account: { $: { var: 'item' } }, key: { $: { var: 'event.idempotencyKey' } } };
    const pay = callTo('pay', { compensate: { operation: 'refund', input: item } });
    const run = new Rehearsal(programOf({ each: { type: 'forEach', items: ['x'], do: scopeOf({ pay }) } }));
    run.cancel();
    run.failure('/each[0]/pay#1', { mayHaveActed: true });
    expect(run.open.get('/each[0]/pay#1~undo')).toMatchObject({ input: { account: 'x', key: 'run:/each[0]/pay#1' } });
  });
});

describe('cancelling while a region is undone', () => {
  const run = () => {
    const rehearsal = new Rehearsal(
      programOf({
        before: undoable('before', { next: 'risky' }),
        risky: {
          type: 'try',
          saga: true,
          do: scopeOf({ a: undoable('a', { next: 'b' }), b: undoable('b', { next: 'c' }), c: callTo('c') }),
        },
      }),
    );
    for (const id of ['/before#1', '/risky/a#1', '/risky/b#1']) rehearsal.result(id);
    rehearsal.failure('/risky/c#1');
    return rehearsal;
  };

  test.each(['at once', 'after a failure', 'with an operator'])('%s undoes every step once', (when) => {
    const rehearsal = run();
    if (when === 'after a failure') rehearsal.failure('/risky/b#1~undo', { retryable: true });
    if (when === 'with an operator') rehearsal.failure('/risky/b#1~undo');
    rehearsal.cancel();
    for (const id of ['/risky/b#1', '/risky/a#1', '/before#1']) {
      expect(rehearsal.waits()).toEqual([`${id}~undo`]);
      rehearsal.result(`${id}~undo`);
    }
    expect(rehearsal.run.result).toEqual({ status: 'compensated', reason: 'by request' });
    expect(rehearsal.history('undone')).toEqual(['undone /risky/b#1', 'undone /risky/a#1', 'undone /before#1']);
  });
});

describe('the timeout of a run', () => {
  const program = programOf({ a: undoable('a', { next: 'b' }), b: callTo('b') }, { timeout: '1m' });

  test('stops it and undoes what was done', () => {
    const run = new Rehearsal(program);
    run.result('/a#1');
    run.timer('/:timeout');
    expect(run.waits()).toEqual(['/a#1~undo']);
    run.result('/a#1~undo');
    expect(run.run.result).toMatchObject({ status: 'compensated', error: { code: 'RUN_TIMEOUT' } });
  });

  test('never comes early', () => {
    const run = new Rehearsal(program);
    run.now += 59_999;
    expect(run.take({ kind: 'timer', id: '/:timeout' }).disposition).toBe('dropped');
    run.now += 1;
    expect(run.take({ kind: 'timer', id: '/:timeout' }).disposition).toBe('applied');
  });

  test('does not interrupt undoing', () => {
    const run = new Rehearsal(program);
    run.result('/a#1');
    run.failure('/b#1');
    run.now += 100_000;
    expect(run.take({ kind: 'timer', id: '/:timeout' }).disposition).toBe('dropped');
    expect(run.waits()).toEqual(['/a#1~undo']);
  });
});
