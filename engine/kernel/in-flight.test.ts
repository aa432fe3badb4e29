import { describe, expect, test } from 'vitest';
import { callTo, programOf, scopeOf } from '../compile/fixture.ts';
import type { JsonObject } from '../errors.ts';
import { Rehearsal } from './fixture.ts';
import { replay } from './index.ts';

const lost = { code: 'DEADLINE_EXCEEDED', mayHaveActed: true, retryable: true };
const state = (is: string) => ({ '==': [{ var: 'event.state' }, is] });
const onUnknown = {
  query: { operation: 'status', input: { key: { $: { var: 'event.idempotencyKey' } } } },
  every: '10s',
  maxWait: '25s',
  decide: [
    { if: state('done'), then: 'succeeded' },
    { if: state('refused'), then: 'failed' },
    { if: state('unseen'), then: 'retry' },
  ],
};
const compensate = { operation: 'refund', input: { id: { $: { var: ['steps.pay.id', 'unseen'] } } } };
const paying = (more: JsonObject = {}) =>
  new Rehearsal(programOf({ pay: callTo('pay', { onUnknown, compensate, ...more }) }));
const refunding = (id: string) => [{ kind: 'call', id: '/pay#1~undo', operation: 'refund', input: { id } }];

/** Cancelled while the call is in one of its phases; then it does not know what became of it and asks. */
const asking: { readonly phase: string; readonly cancelled: () => Rehearsal }[] = [
  {
    phase: 'calling',
    cancelled: () => {
      const run = paying();
      run.cancel();
      run.failure('/pay#1', lost);
      return run;
    },
  },
  {
    phase: 'backoff',
    cancelled: () => {
      const run = paying({ retry: { attempts: 9 }, onUnknown: { ...onUnknown, maxWait: '0s' } });
      run.failure('/pay#1', lost);
      run.result('/pay#1~query', { state: 'pending' });
      run.operator('retry');
      run.failure('/pay#1', { retryable: true });
      expect(run.waits()).toEqual(['/pay#1:retry']);
      run.cancel();
      return run;
    },
  },
  {
    phase: 'querying',
    cancelled: () => {
      const run = paying();
      run.failure('/pay#1', lost);
      run.cancel();
      return run;
    },
  },
  {
    phase: 'query-wait',
    cancelled: () => {
      const run = paying();
      run.failure('/pay#1', lost);
      run.result('/pay#1~query', { state: 'pending' });
      run.cancel();
      run.timer('/pay#1:query');
      return run;
    },
  },
];

describe.each(asking)('a call with onUnknown that was cancelled while $phase', ({ cancelled }) => {
  test('is asked for by the original idempotency key before it is undone', () => {
    const run = cancelled();
    expect(run.waits()).toEqual(['/pay#1~query']);
    expect(run.open.get('/pay#1~query')).toMatchObject({ kind: 'query', input: { key: 'run:/pay#1' } });
    expect(run.run.saga).toMatchObject({ phase: 'draining' });
    expect(run.run.status).toBe('compensating');
  });

  test('is undone by the answer that says that it has succeeded', () => {
    const run = cancelled();
    run.result('/pay#1~query', { state: 'done', id: 7 });
    expect(run.step.effects).toMatchObject([{ id: '/pay#1~undo', operation: 'refund', input: { id: 7 } }]);
    run.result('/pay#1~undo');
    expect(run.run.result).toEqual({ status: 'compensated', reason: 'by request' });
  });

  test('is not undone when the answer says that it has failed', () => {
    const run = cancelled();
    run.result('/pay#1~query', { state: 'refused' });
    expect(run.run.result).toEqual({ status: 'cancelled', reason: 'by request' });
    expect(run.asked('call').filter((effect) => effect.endsWith('~undo'))).toEqual([]);
  });

  test('takes one answer', () => {
    const run = cancelled();
    expect(run.result('/pay#1', { id: 6 }).disposition).toBe('dropped');
    expect(run.failure('/pay#1').disposition).toBe('dropped');
    expect(run.take({ kind: 'timer', id: '/pay#1:query' }).disposition).toBe('dropped');
    expect(run.take({ kind: 'timer', id: '/pay#1:retry' }).disposition).toBe('dropped');
    run.result('/pay#1~query', { state: 'done', id: 7 });
    expect(run.result('/pay#1~query', { state: 'refused' }).disposition).toBe('dropped');
    expect(run.failure('/pay#1~query').disposition).toBe('dropped');
    expect(run.waits()).toEqual(['/pay#1~undo']);
  });

  test('leaves nothing with a performer when the run is terminated', () => {
    const run = cancelled();
    run.take({ kind: 'terminate', reason: 'enough' });
    expect(run.waits()).toEqual([]);
    expect(run.run.result).toEqual({ status: 'cancelled', reason: 'enough' });
  });
});

describe('a cancelled call whose outcome is asked for', () => {
  const asked = (more: JsonObject = {}) => {
    const run = paying({ onUnknown: { ...onUnknown, ...more } });
    run.cancel();
    run.failure('/pay#1', lost);
    return run;
  };

  test.each(['unseen', 'pending', 'a failure'])('is asked for again every so often after %s', (what) => {
    const run = asked();
    for (const attempt of [1, 2, 3]) {
      expect(run.open.get('/pay#1~query')).toMatchObject({ attempt });
      if (what === 'a failure') run.failure('/pay#1~query', { retryable: true });
      else run.result('/pay#1~query', { state: what });
      if (attempt < 3) {
        expect(run.waits()).toEqual(['/pay#1:query']);
        expect(run.take({ kind: 'timer', id: '/pay#1:query' }).disposition).toBe('dropped');
        run.timer('/pay#1:query');
      }
    }
    expect(run.step.effects).toMatchObject(refunding('unseen'));
    expect(run.asked('call')).toEqual(['call /pay#1', 'call /pay#1~undo']);
  });

  test('is not undone after maxWait when the author says otherwise: failed', () => {
    const run = asked({ maxWait: '1s', otherwise: 'failed' });
    run.result('/pay#1~query', { state: 'pending' });
    expect(run.run.result).toEqual({ status: 'cancelled', reason: 'by request' });
  });

  test('is undone unasked when the query cannot be computed', () => {
    const run = asked({ query: { operation: 'status', input: { $: { var: 'input.missing' } } } });
    expect(run.step.effects).toMatchObject(refunding('unseen'));
  });

  test('is asked for again when the answer cannot be judged', () => {
    const run = asked();
    run.result('/pay#1~query', {});
    expect(run.waits()).toEqual(['/pay#1:query']);
  });

  test('keeps the time since which it has been asked for', () => {
    const run = paying();
    run.failure('/pay#1', lost);
    run.result('/pay#1~query', { state: 'pending' });
    run.timer('/pay#1:query');
    run.result('/pay#1~query', { state: 'pending' });
    run.cancel();
    run.timer('/pay#1:query');
    run.result('/pay#1~query', { state: 'pending' });
    expect(run.step.effects).toMatchObject(refunding('unseen'));
  });

  test.each(['heard of', 'terminated'])('says in the history that it is asked for, until it is %s', (what) => {
    const run = asked();
    const story = ['cancelled /pay#1', 'asking /pay#1'];
    expect(run.history('cancelled', 'asking')).toEqual(story);
    if (what === 'terminated') run.take({ kind: 'terminate', reason: 'enough' });
    else run.result('/pay#1~query', { state: 'refused' });
    expect(run.history('cancelled', 'asking')).toEqual([...story, 'cancelled /pay#1']);
  });

  test('can have its run suspended, and is heard when that is resumed', () => {
    const run = asked();
    run.take({ kind: 'suspend' });
    run.result('/pay#1~query', { state: 'done', id: 7 });
    expect(run.waits()).toEqual([]);
    run.take({ kind: 'resume' });
    expect(run.waits()).toEqual(['/pay#1~undo']);
  });

  test('is replayed to the same run', () => {
    const run = asked();
    run.result('/pay#1~query', { state: 'pending' });
    run.timer('/pay#1:query');
    run.result('/pay#1~query', { state: 'done', id: 7 });
    const replayed = replay(run.program, { start: run.start, events: run.events });
    expect(replayed).toEqual({ run: run.run, notes: run.notes, effects: run.effects });
  });

  test('is not asked for when it certainly failed', () => {
    const run = paying();
    run.cancel();
    run.failure('/pay#1', { retryable: true });
    expect(run.asked('query')).toEqual([]);
    expect(run.run.result?.status).toBe('cancelled');
  });

  test('is stopped at once where it declares no compensate', () => {
    const run = new Rehearsal(programOf({ pay: callTo('pay', { onUnknown }) }));
    run.failure('/pay#1', lost);
    run.cancel();
    expect(run.waits()).toEqual([]);
    expect(run.run.result?.status).toBe('cancelled');
  });
});

describe('the loser of a race that is asked for its outcome', () => {
  const slow = callTo('slow', {
    onUnknown: { ...onUnknown, query: { operation: 'status', input: { amount: { $: { var: 'vars.amount' } } } } },
    compensate: { operation: 'refund', input: { $: { var: ['steps.slow', null] } } },
  });
  const branches = {
    slow: { start: 'set', nodes: { set: { type: 'set', values: { amount: 5 }, next: 'slow' }, slow } },
    fast: scopeOf({ fast: callTo('fast') }),
  };
  const raced = () => {
    const run = new Rehearsal(
      programOf({ race: { type: 'parallel', need: 'any', branches, next: 'last' }, last: callTo('last') }),
    );
    run.result('/race/fast/fast#1');
    run.failure('/race/slow/slow#1', lost);
    return run;
  };

  test('reads what its branch read, while the run goes on', () => {
    const run = raced();
    expect(run.waits()).toEqual(['/last#1', '/race/slow/slow#1~query']);
    expect(run.step.effects).toMatchObject([{ kind: 'query', input: { amount: 5 } }]);
    run.result('/race/slow/slow#1~query', { state: 'done', id: 7 });
    run.failure('/last#1');
    expect(run.step.effects).toMatchObject([{ id: '/race/slow/slow#1~undo', input: { state: 'done', id: 7 } }]);
  });

  test.each(['querying', 'query-wait'])('while $phase is left alone when the run completes', (phase) => {
    const run = raced();
    if (phase === 'query-wait') run.result('/race/slow/slow#1~query', { state: 'pending' });
    run.result('/last#1');
    expect(run.waits()).toEqual([]);
    expect(run.run.undo).toMatchObject([{ id: '/race/slow/slow#1', input: null }]);
  });

  test('holds up the undoing of a run that fails', () => {
    const run = raced();
    run.failure('/last#1');
    expect(run.waits()).toEqual(['/race/slow/slow#1~query']);
    run.result('/race/slow/slow#1~query', { state: 'refused' });
    expect(run.run.result?.status).toBe('failed');
  });
});

describe('a region that is undone', () => {
  const region = (more: JsonObject) => {
    const branches = {
      x: scopeOf({ pay: callTo('pay', { onUnknown, compensate }) }),
      y: scopeOf({ b: callTo('b') }),
    };
    const both = { type: 'parallel', branches };
    return new Rehearsal(
      programOf({
        risky: { type: 'try', saga: true, do: scopeOf({ both }), catch: [{ code: '*', next: 'sorry' }], ...more },
        sorry: callTo('sorry'),
      }),
    );
  };
  const pay = '/risky/both/x/pay#1';

  test.each(['failed', 'timed out'])('because it $0 first hears what became of its calls', (how) => {
    const run = region({ timeout: '1m' });
    run.failure(pay, lost);
    if (how === 'failed') run.failure('/risky/both/y/b#1');
    else run.timer('/risky#1:timeout');
    expect(run.waits()).toEqual([`${pay}~query`]);
    run.result(`${pay}~query`, { state: 'done', id: 7 });
    expect(run.waits()).toEqual([`${pay}~undo`]);
    run.result(`${pay}~undo`);
    expect(run.waits()).toEqual(['/sorry#1']);
  });

  test('is left at once when nothing turns out to be undone', () => {
    const run = region({});
    run.failure(pay, lost);
    run.failure('/risky/both/y/b#1');
    run.result(`${pay}~query`, { state: 'refused' });
    expect(run.waits()).toEqual(['/sorry#1']);
  });
});
