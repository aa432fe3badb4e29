import { describe, expect, test } from 'vitest';
import { callTo, programOf } from '../compile/fixture.ts';
import type { JsonObject } from '../errors.ts';
import { Rehearsal } from './fixture.ts';

const lost = { code: 'DEADLINE_EXCEEDED', mayHaveActed: true, retryable: true };
const onUnknown = {
  query: { operation: 'status', input: { key: { $: { var: 'event.idempotencyKey' } } } },
  every: '10s',
  maxWait: '25s',
  decide: [
    { if: { '==': [{ var: 'event.state' }, 'done'] }, then: 'succeeded' },
    { if: { '==': [{ var: 'event.state' }, 'refused'] }, then: 'failed' },
    { if: { '==': [{ var: 'event.state' }, 'unseen'] }, then: 'retry' },
  ],
};
const undoing = { compensate: { operation: 'refund', input: { id: { $: { var: 'event.effectId' } } } } };
const paying = (more: JsonObject) =>
  new Rehearsal(
    programOf({ pay: callTo('pay', { onError: [{ code: '*', next: 'sorry' }], ...more }), sorry: callTo('sorry') }),
  );

describe('an outcome that is unknown, with onUnknown', () => {
  test('is asked for by the original idempotency key before anything else happens', () => {
    const run = paying({ onUnknown, retry: { attempts: 5 } });
    run.failure('/pay#1', lost);
    expect(run.step.effects).toEqual([
      {
        kind: 'query',
        id: '/pay#1~query',
        node: 'pay',
        service: 'bank',
        operation: 'status',
        input: { key: 'run:/pay#1' },
        attempt: 1,
      },
    ]);
    expect(run.history('asking')).toEqual(['asking /pay#1']);
  });

  test('that turns out well completes the step with the answer', () => {
    const run = paying({ onUnknown });
    run.failure('/pay#1', lost);
    run.result('/pay#1~query', { state: 'done', id: 7 });
    expect(run.run.result).toEqual({ status: 'completed', output: { state: 'done', id: 7 } });
  });

  test('that turns out a failure leaves by the error route and leaves nothing to undo', () => {
    const run = paying({ onUnknown, ...undoing });
    run.failure('/pay#1', lost);
    run.result('/pay#1~query', { state: 'refused' });
    expect(run.waits()).toEqual(['/sorry#1']);
    expect(run.run.undo).toEqual([]);
    expect(run.run.root.error).toMatchObject({ code: 'SERVICE_REFUSED', node: 'pay' });
  });

  test('that never arrived is called again under the same id', () => {
    const run = paying({ onUnknown });
    run.failure('/pay#1', lost);
    run.result('/pay#1~query', { state: 'unseen' });
    expect(run.step.effects).toMatchObject([{ kind: 'call', id: '/pay#1', attempt: 2 }]);
  });

  test('that never arrived and then certainly fails leaves nothing to undo', () => {
    const run = paying({ onUnknown, ...undoing });
    run.failure('/pay#1', lost);
    run.result('/pay#1~query', { state: 'unseen' });
    run.failure('/pay#1');
    expect(run.run.undo).toEqual([]);
    expect(run.waits()).toEqual(['/sorry#1']);
  });

  test('that never arrived and is lost again is asked for again', () => {
    const run = paying({ onUnknown, ...undoing });
    run.failure('/pay#1', lost);
    run.result('/pay#1~query', { state: 'unseen' });
    run.failure('/pay#1', lost);
    expect(run.waits()).toEqual(['/pay#1~query']);
  });

  test('is asked for again every so often, and again when the query itself fails, until an operator must decide', () => {
    const run = paying({ onUnknown });
    run.failure('/pay#1', lost);
    run.result('/pay#1~query', { state: 'pending' });
    expect(run.run.status).toBe('waiting');
    run.timer('/pay#1:query');
    run.failure('/pay#1~query', { code: 'SERVICE_UNAVAILABLE', retryable: true });
    run.timer('/pay#1:query');
    expect(run.open.get('/pay#1~query')).toMatchObject({ attempt: 3 });
    run.result('/pay#1~query', { state: 'pending' });
    expect(run.run.status).toBe('needs-operator');
    expect(run.waits()).toEqual([]);
    expect(run.history('incident')).toEqual(['incident /pay#1']);
  });

  test('fails after maxWait when the author says otherwise: failed', () => {
    const run = paying({ onUnknown: { ...onUnknown, maxWait: '1s', otherwise: 'failed' } });
    run.failure('/pay#1', lost);
    run.result('/pay#1~query', { state: 'pending' });
    expect(run.waits()).toEqual(['/sorry#1']);
  });

  test('is not asked for when the call certainly did not act', () => {
    const run = paying({ onUnknown });
    run.failure('/pay#1', { code: 'SERVICE_REFUSED' });
    expect(run.asked('query')).toEqual([]);
    expect(run.waits()).toEqual(['/sorry#1']);
  });

  test('is left to an operator when the query cannot be computed or judged', () => {
    const input = { $: { var: 'input.missing' } };
    const blind = paying({ onUnknown: { ...onUnknown, query: { operation: 'status', input } } });
    blind.failure('/pay#1', lost);
    expect(blind.run.status).toBe('needs-operator');
    const vague = paying({ onUnknown });
    vague.failure('/pay#1', lost);
    vague.result('/pay#1~query', {});
    expect(vague.run.status).toBe('needs-operator');
  });

  test('drops a second answer to the query and a late answer to the call', () => {
    const run = paying({ onUnknown });
    run.failure('/pay#1', lost);
    expect(run.result('/pay#1', 'late').disposition).toBe('dropped');
    run.result('/pay#1~query', { state: 'pending' });
    expect(run.result('/pay#1~query', { state: 'done' }).disposition).toBe('dropped');
  });

  test('asks at most as often for a new call as the node retries', () => {
    const run = paying({ onUnknown, retry: { attempts: 2 } });
    for (const _attempt of [1, 2]) {
      run.failure('/pay#1', lost);
      run.result('/pay#1~query', { state: 'unseen' });
    }
    expect(run.waits()).toEqual(['/pay#1:query']);
  });
});

describe('an outcome that is unknown, without onUnknown', () => {
  test.each([
    { safety: 'idempotent' as const, next: ['/pay#1:retry'], status: 'waiting' },
    { safety: 'query' as const, next: [], status: 'needs-operator' },
    { safety: 'once' as const, next: [], status: 'needs-operator' },
    { safety: undefined, next: [], status: 'needs-operator' },
  ])('of an operation declared $safety leads to $status', ({ safety, next, status }) => {
    const run = paying({ retry: { attempts: 2 } });
    run.failure('/pay#1', { ...lost, ...(safety ? { safety } : {}) });
    expect(run.waits()).toEqual(next);
    expect(run.run.status).toBe(status);
  });

  test('is undone with the rest when its attempts are used up', () => {
    const run = new Rehearsal(programOf({ pay: callTo('pay', undoing) }));
    run.failure('/pay#1', { ...lost, safety: 'idempotent' });
    expect(run.step.effects).toMatchObject([{ id: '/pay#1~undo', operation: 'refund', input: { id: '/pay#1' } }]);
    run.result('/pay#1~undo');
    expect(run.run.result).toMatchObject({ status: 'compensated', error: { code: 'DEADLINE_EXCEEDED' } });
  });
});

describe('an operator', () => {
  const stuck = () => {
    const run = paying(undoing);
    run.failure('/pay#1', { ...lost, safety: 'once' });
    return run;
  };

  test('says that it has succeeded, and gives the output', () => {
    const run = stuck();
    run.operator('succeeded', { id: '/pay#1', output: { id: 9 } });
    expect(run.run.result).toEqual({ status: 'completed', output: { id: 9 } });
  });

  test('says that it has failed: nothing is undone', () => {
    const run = stuck();
    run.operator('failed');
    expect(run.waits()).toEqual(['/sorry#1']);
    expect(run.run.undo).toEqual([]);
  });

  test('has it called again under the same id', () => {
    const run = stuck();
    run.operator('retry');
    expect(run.step.effects).toMatchObject([{ kind: 'call', id: '/pay#1', attempt: 2 }]);
    expect(run.run.status).toBe('running');
  });

  test('is refused where nothing waits for one', () => {
    const run = stuck();
    expect(run.operator('retry', { id: '/other#1' }).disposition).toBe('refused');
    run.operator('retry');
    expect(run.operator('retry').disposition).toBe('refused');
  });

  test('can cancel instead: what may have acted is undone', () => {
    const run = stuck();
    run.cancel();
    expect(run.waits()).toEqual(['/pay#1~undo']);
    run.result('/pay#1~undo');
    expect(run.run.result).toEqual({ status: 'compensated', reason: 'by request' });
  });
});
