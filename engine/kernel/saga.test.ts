import { describe, expect, test } from 'vitest';
import { callTo, programOf, scopeOf } from '../compile/fixture.ts';
import type { JsonObject } from '../errors.ts';
import { Rehearsal } from './fixture.ts';

const undoable = (operation: string, more: JsonObject = {}) =>
  callTo(operation, {
    compensate: { operation: `un-${operation}`, input: { of: { $: { var: 'event.effectId' } } } },
    ...more,
  });
const fatal = { code: 'SERVICE_REFUSED' };

/** Answers undo calls until there are none, and returns their ids in order. */
function undoAll(run: Rehearsal): string[] {
  const undone: string[] = [];
  for (;;) {
    const id = run.waits().find((open) => open.endsWith('~undo'));
    if (id === undefined) return undone;
    undone.push(id);
    run.result(id);
  }
}

const three = programOf({
  a: undoable('a', { next: 'b' }),
  b: undoable('b', { next: 'c' }),
  c: callTo('c', { next: 'd' }),
  d: callTo('d'),
});

const upTo = (count: number) => {
  const run = new Rehearsal(three);
  for (const id of ['/a#1', '/b#1', '/c#1'].slice(0, count)) run.result(id);
  return run;
};

describe('an error that leaves the root', () => {
  test('undoes the completed steps that declare it, last first, one at a time', () => {
    const run = upTo(3);
    run.failure('/d#1', fatal);
    expect(run.run.status).toBe('compensating');
    expect(run.run.saga).toMatchObject({ phase: 'undoing' });
    expect(undoAll(run)).toEqual(['/b#1~undo', '/a#1~undo']);
    expect(run.run.result).toMatchObject({ status: 'compensated', error: { code: 'SERVICE_REFUSED', node: 'd' } });
    expect(run.history('undoing', 'undone', 'finished')).toEqual([
      'undoing /b#1',
      'undone /b#1',
      'undoing /a#1',
      'undone /a#1',
      'finished',
    ]);
  });

  test('without anything to undo fails the run', () => {
    const run = upTo(0);
    run.failure('/a#1', fatal);
    expect(run.run.result).toMatchObject({ status: 'failed', error: { node: 'a' } });
  });

  test('reads the input of a compensation when the step completes, not when it is undone', () => {
    const run = new Rehearsal(
      programOf({
        first: { type: 'set', values: { who: 'ann' }, next: 'book' },
        book: callTo('book', {
          compensate: {
            operation: 'free',
            input: { who: { $: { var: 'vars.who' } }, id: { $: { var: 'steps.book.id' } } },
          },
          next: 'second',
        }),
        second: { type: 'set', values: { who: 'bob' }, next: 'pay' },
        pay: callTo('pay'),
      }),
    );
    run.result('/book#1', { id: 5 });
    run.failure('/pay#1', fatal);
    expect(run.open.get('/book#1~undo')).toMatchObject({ operation: 'free', input: { who: 'ann', id: 5 } });
  });

  test('asks an operator when the input of a compensation cannot be computed', () => {
    const run = new Rehearsal(
      programOf({
        book: callTo('book', {
          compensate: { operation: 'free', input: { $: { var: 'steps.book.id' } } },
          next: 'pay',
        }),
        pay: callTo('pay'),
      }),
    );
    run.result('/book#1', {});
    run.failure('/pay#1', fatal);
    expect(run.run.status).toBe('needs-operator');
    run.operator('succeeded', { id: '/book#1' });
    expect(run.run.result).toMatchObject({ status: 'compensated' });
  });
});

describe('undoing goes through', () => {
  test('every item of a forEach, in reverse order of completion', () => {
    const run = new Rehearsal(
      programOf({
        each: { type: 'forEach', items: [10, 20, 30], do: scopeOf({ pay: undoable('pay') }), next: 'last' },
        last: callTo('last'),
      }),
    );
    for (const index of [1, 2, 0]) run.result(`/each[${index}]/pay#1`, index);
    run.failure('/last#1', fatal);
    expect(undoAll(run)).toEqual(['/each[0]/pay#1~undo', '/each[2]/pay#1~undo', '/each[1]/pay#1~undo']);
    expect(run.run.result?.status).toBe('compensated');
  });

  test('branches, when one of them fails', () => {
    const branches = {
      x: scopeOf({ a: undoable('a') }),
      y: scopeOf({ b: undoable('b', { next: 'c' }), c: callTo('c') }),
    };
    const run = new Rehearsal(programOf({ both: { type: 'parallel', branches } }));
    run.result('/both/y/b#1');
    run.result('/both/x/a#1');
    run.failure('/both/y/c#1', fatal);
    expect(undoAll(run)).toEqual(['/both/x/a#1~undo', '/both/y/b#1~undo']);
  });

  test('every visit of a loop', () => {
    const run = new Rehearsal(
      programOf({
        pay: undoable('pay', { next: 'more' }),
        more: { type: 'choice', when: [{ if: { '<': [{ var: 'steps.pay' }, 2] }, next: 'pay' }], otherwise: 'last' },
        last: callTo('last'),
      }),
    );
    run.result('/pay#1', 1);
    run.result('/pay#2', 2);
    run.failure('/last#1', fatal);
    expect(undoAll(run)).toEqual(['/pay#2~undo', '/pay#1~undo']);
  });

  test('sub-flows that were waited for, by asking them to undo themselves', () => {
    const run = new Rehearsal(
      programOf({
        child: { type: 'subflow', flow: 'other', next: 'own' },
        own: undoable('own', { next: 'loose' }),
        loose: { type: 'subflow', flow: 'other', wait: false, next: 'last' },
        last: callTo('last'),
      }),
    );
    run.result('/child#1', {});
    run.result('/own#1');
    run.result('/loose#1', { runId: 'run~2' });
    run.failure('/last#1', fatal);
    run.result('/own#1~undo');
    expect(run.step.effects).toEqual([{ kind: 'compensate-run', id: '/child#1~undo', runId: 'run~1', reason: 'no' }]);
    run.result('/child#1~undo');
    expect(run.run.result?.status).toBe('compensated');
  });

  test('a completed sub-flow that its parent asks to undo itself', () => {
    const run = new Rehearsal(programOf({ a: undoable('a', { next: 'b' }), b: undoable('b') }), {
      parent: { runId: 'outer', effectId: '/child#1' },
    });
    run.result('/a#1');
    run.result('/b#1');
    expect(run.run.status).toBe('completed');
    run.cancel();
    expect(undoAll(run)).toEqual(['/b#1~undo', '/a#1~undo']);
    expect(run.run.result).toEqual({ status: 'compensated', reason: 'by request' });
  });

  test('a call that a completed sub-flow had stopped waiting for', () => {
    const branches = { slow: scopeOf({ slow: undoable('slow') }), fast: scopeOf({ fast: callTo('fast') }) };
    const run = new Rehearsal(programOf({ race: { type: 'parallel', need: 'any', branches } }), {
      parent: { runId: 'outer', effectId: '/child#1' },
    });
    run.result('/race/fast/fast#1');
    expect(run.run.status).toBe('completed');
    run.cancel();
    expect(undoAll(run)).toEqual(['/race/slow/slow#1~undo']);
  });
});

describe('a compensation that fails', () => {
  const failing = () => {
    const run = new Rehearsal(
      programOf({
        a: undoable('a', { next: 'b' }),
        b: callTo('b', {
          compensate: { operation: 'un-b', input: {}, retry: { attempts: 2, delay: '1s', jitter: false } },
          next: 'c',
        }),
        c: callTo('c'),
      }),
    );
    run.result('/a#1');
    run.result('/b#1');
    run.failure('/c#1', fatal);
    return run;
  };
  const busy = { code: 'SERVICE_UNAVAILABLE', retryable: true };

  test('is tried again as its own retry says, then waits for an operator, who can resume it', () => {
    const run = failing();
    run.failure('/b#1~undo', busy);
    expect(run.run.status).toBe('compensating');
    run.timer('/b#1~undo:retry');
    run.failure('/b#1~undo', busy);
    expect(run.run.status).toBe('needs-operator');
    expect(run.waits()).toEqual([]);
    run.operator('retry', { id: '/b#1~undo' });
    expect(run.open.get('/b#1~undo')).toMatchObject({ attempt: 3 });
    expect(undoAll(run)).toEqual(['/b#1~undo', '/a#1~undo']);
    expect(run.run.result?.status).toBe('compensated');
  });

  test('is not tried again when trying again does not help', () => {
    const run = failing();
    run.failure('/b#1~undo', fatal);
    expect(run.run.status).toBe('needs-operator');
    expect(run.operator('failed').disposition).toBe('refused');
    run.operator('succeeded');
    expect(undoAll(run)).toEqual(['/a#1~undo']);
    expect(run.run.result?.status).toBe('compensated');
  });

  test('does not fire its timer early, and drops late answers', () => {
    const run = failing();
    run.failure('/b#1~undo', busy);
    expect(run.take({ kind: 'timer', id: '/b#1~undo:retry' }).disposition).toBe('dropped');
    expect(run.result('/b#1~undo').disposition).toBe('dropped');
    expect(run.waits()).toEqual(['/b#1~undo:retry']);
  });

  test('can be left alone: a terminated run ends, and says that it was cancelled', () => {
    const run = failing();
    run.take({ kind: 'terminate', reason: 'enough' });
    expect(run.run.result).toEqual({ status: 'cancelled', reason: 'enough' });
    expect(run.waits()).toEqual([]);
  });
});

describe('a try with saga', () => {
  const region = (more: JsonObject = {}) =>
    programOf({
      before: undoable('before', { next: 'risky' }),
      risky: {
        type: 'try',
        saga: true,
        do: scopeOf({ a: undoable('a', { next: 'b' }), b: undoable('b', { next: 'c' }), c: callTo('c') }),
        catch: [{ code: 'SERVICE_REFUSED', next: 'sorry' }],
        ...more,
      },
      sorry: callTo('sorry'),
    });
  const inside = (program = region()) => {
    const run = new Rehearsal(program);
    for (const id of ['/before#1', '/risky/a#1', '/risky/b#1']) run.result(id);
    return run;
  };

  test('undoes its own steps, not those before it, and then takes its catch', () => {
    const run = inside();
    run.failure('/risky/c#1', fatal);
    expect(undoAll(run)).toEqual(['/risky/b#1~undo', '/risky/a#1~undo']);
    expect(run.waits()).toEqual(['/sorry#1']);
    expect(run.history('undone', 'failed', 'entered').slice(-4)).toEqual([
      'undone /risky/b#1',
      'undone /risky/a#1',
      'failed /risky#1',
      'entered /sorry#1',
    ]);
    run.failure('/sorry#1');
    expect(undoAll(run)).toEqual(['/before#1~undo']);
  });

  test('whose error no catch takes lets it out after undoing, and the rest is undone then', () => {
    const run = inside();
    run.failure('/risky/c#1', { code: 'SERVICE_ERROR' });
    expect(undoAll(run)).toEqual(['/risky/b#1~undo', '/risky/a#1~undo', '/before#1~undo']);
    expect(run.run.result).toMatchObject({ status: 'compensated', error: { code: 'SERVICE_ERROR' } });
  });

  test('without saga takes its catch at once, and its steps are undone with the run', () => {
    const run = inside(region({ saga: false }));
    run.failure('/risky/c#1', fatal);
    expect(run.waits()).toEqual(['/sorry#1']);
    run.failure('/sorry#1');
    expect(undoAll(run)).toEqual(['/risky/b#1~undo', '/risky/a#1~undo', '/before#1~undo']);
  });

  test('that is too slow is undone and caught as a timeout', () => {
    const run = inside(region({ timeout: '1m', catch: [{ code: 'SCOPE_TIMEOUT', next: 'sorry' }] }));
    run.timer('/risky#1:timeout');
    expect(undoAll(run)).toEqual(['/risky/b#1~undo', '/risky/a#1~undo']);
    expect(run.run.root.error).toMatchObject({ code: 'SCOPE_TIMEOUT', node: 'risky' });
    expect(run.waits()).toEqual(['/sorry#1']);
  });

  test('is not interrupted by its own timeout while it is undone', () => {
    const run = inside(region({ timeout: '1m' }));
    run.failure('/risky/c#1', fatal);
    run.now += 120_000;
    expect(run.take({ kind: 'timer', id: '/risky#1:timeout' }).disposition).toBe('dropped');
    expect(undoAll(run)).toEqual(['/risky/b#1~undo', '/risky/a#1~undo']);
    expect(run.waits()).toEqual(['/sorry#1']);
  });

  test('waits for the outcome of a call in flight before it undoes', () => {
    const branches = { x: scopeOf({ a: undoable('a') }), y: scopeOf({ b: callTo('b') }) };
    const run = new Rehearsal(
      programOf({
        risky: {
          type: 'try',
          saga: true,
          do: scopeOf({ both: { type: 'parallel', branches } }),
          catch: [{ code: '*', next: 'sorry' }],
        },
        sorry: callTo('sorry'),
      }),
    );
    run.failure('/risky/both/y/b#1', fatal);
    expect(run.waits()).toEqual(['/risky/both/x/a#1']);
    run.result('/risky/both/x/a#1', 1);
    expect(undoAll(run)).toEqual(['/risky/both/x/a#1~undo']);
    expect(run.waits()).toEqual(['/sorry#1']);
  });
});
