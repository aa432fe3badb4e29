import { describe, expect, test } from 'vitest';
import { callTo, programOf } from '../compile/fixture.ts';
import type { JsonObject } from '../errors.ts';
import { Rehearsal } from './fixture.ts';

const transient = { code: 'SERVICE_UNAVAILABLE', retryable: true };
const calling = (retry: JsonObject, more: JsonObject = {}) =>
  new Rehearsal(programOf({ debit: callTo('debit', { retry, ...more }) }));

/** Times in ms from the failure to each new attempt, while every attempt fails. */
function delays(run: Rehearsal, random: number): number[] {
  const found: number[] = [];
  while (run.run.status === 'running') {
    const failedAt = run.now;
    run.failure('/debit#1', transient, random);
    const [timer] = run.waits('timer');
    if (timer === undefined) break;
    run.timer(timer);
    found.push(run.now - failedAt);
  }
  return found;
}

describe('a call that fails', () => {
  test.each([
    { backoff: 'constant', expected: [100, 100, 100, 100] },
    { backoff: 'linear', expected: [100, 200, 300, 350] },
    { backoff: 'exponential', expected: [100, 200, 350, 350] },
  ])('is made again after $backoff waits, capped by maxDelay', ({ backoff, expected }) => {
    const run = calling({ attempts: 5, backoff, delay: '100ms', maxDelay: '350ms', jitter: false });
    expect(delays(run, 0.5)).toEqual(expected);
    expect(run.run.result).toMatchObject({ status: 'failed', error: { code: 'SERVICE_UNAVAILABLE', node: 'debit' } });
  });

  test('waits between half and all of the delay with jitter, by the randomness of the event', () => {
    const retry = { attempts: 2, backoff: 'constant', delay: '100ms' };
    expect(delays(calling(retry), 0)).toEqual([50]);
    expect(delays(calling(retry), 0.5)).toEqual([75]);
    expect(delays(calling(retry), 0.999)).toEqual([100]);
  });

  test('keeps its id and counts its attempts', () => {
    const run = calling({ attempts: 3, delay: '10ms', jitter: false });
    run.failure('/debit#1', transient);
    run.timer('/debit#1:retry');
    run.result('/debit#1', { ok: true });
    expect(run.effects.flatMap((effect) => (effect.kind === 'call' ? [[effect.id, effect.attempt]] : []))).toEqual([
      ['/debit#1', 1],
      ['/debit#1', 2],
    ]);
    expect(run.run.result).toEqual({ status: 'completed', output: { ok: true } });
    expect(run.history()).toEqual(['entered /debit#1', 'retrying /debit#1', 'completed /debit#1', 'finished']);
  });

  test('does not begin an attempt after totalTimeout', () => {
    const run = calling({ attempts: 10, backoff: 'constant', delay: '1s', jitter: false, totalTimeout: '2500ms' });
    expect(delays(run, 0)).toEqual([1000, 1000]);
    expect(run.run.status).toBe('failed');
  });

  test('waits as long as the service says, if that is longer', () => {
    const run = calling({ attempts: 3, backoff: 'constant', delay: '100ms', jitter: false });
    run.failure('/debit#1', { ...transient, retryAfterMs: 7_000 });
    expect(run.open.get('/debit#1:retry')).toMatchObject({ dueAt: run.now + 7_000 });
    run.timer('/debit#1:retry');
    run.failure('/debit#1', { ...transient, retryAfterMs: 5 });
    expect(run.open.get('/debit#1:retry')).toMatchObject({ dueAt: run.now + 100 });
  });

  test('is given up at once when the service says to come back after the deadline', () => {
    const run = calling({ attempts: 3, delay: '100ms', totalTimeout: '5s' });
    run.failure('/debit#1', { ...transient, retryAfterMs: 60_000 });
    expect(run.run.status).toBe('failed');
  });

  test.each([
    { code: 'SERVICE_UNAVAILABLE', on: undefined, retryable: true, again: true },
    { code: 'SERVICE_REFUSED', on: undefined, retryable: false, again: false },
    { code: 'SERVICE_REFUSED', on: ['SERVICE_REFUSED'], retryable: false, again: true },
    { code: 'SERVICE_UNAVAILABLE', on: ['SERVICE_REFUSED'], retryable: true, again: false },
    { code: 'SERVICE_REFUSED', on: ['*'], retryable: false, again: true },
  ])('$code, retryable $retryable, is made again with on $on: $again', ({ code, on, retryable, again }) => {
    const run = calling({ attempts: 2, ...(on ? { on } : {}) });
    run.failure('/debit#1', { code, retryable });
    expect(run.waits()).toEqual(again ? ['/debit#1:retry'] : []);
  });

  test.each([
    { code: 'SERVICE_REFUSED', taken: 'refused' },
    { code: 'DEADLINE_EXCEEDED', taken: 'any' },
  ])('leaves by the first error route that fits $code', ({ code, taken }) => {
    const run = new Rehearsal(
      programOf({
        debit: callTo('debit', {
          onError: [
            { code: 'SERVICE_REFUSED', next: 'refused' },
            { code: '*', next: 'any' },
          ],
        }),
        refused: { type: 'set', values: { seen: { $: { var: 'error.code' } } } },
        any: { type: 'set', values: { seen: { $: { var: 'error.code' } } } },
      }),
    );
    run.failure('/debit#1', { code });
    expect(run.history('entered', 'failed')).toEqual(['entered /debit#1', 'failed /debit#1', `entered /${taken}#1`]);
    expect(run.run.result).toEqual({ status: 'completed', output: { seen: code } });
  });

  test('leaves by an error route only when its attempts are used up', () => {
    const run = new Rehearsal(
      programOf({
        debit: callTo('debit', { retry: { attempts: 2 }, onError: [{ code: '*', next: 'sorry' }] }),
        sorry: { type: 'end', outcome: 'sorry' },
      }),
    );
    run.failure('/debit#1', transient);
    expect(run.run.status).toBe('waiting');
    run.timer('/debit#1:retry');
    run.failure('/debit#1', transient);
    expect(run.run.result).toMatchObject({ status: 'completed', outcome: 'sorry' });
  });

  test('whose input cannot be computed fails without being made', () => {
    const run = new Rehearsal(
      programOf({ debit: callTo('debit', { input: { to: { $: { var: 'input.account' } } } }) }),
    );
    expect(run.asked()).toEqual(['finish']);
    expect(run.run.result).toMatchObject({ error: { code: 'EXPRESSION_MISSING_PATH', node: 'debit' } });
  });
});

describe('what comes for a call that does not wait for it', () => {
  test('a second result is dropped and changes nothing', () => {
    const run = new Rehearsal(programOf({ debit: callTo('debit', { next: 'credit' }), credit: callTo('credit') }));
    run.result('/debit#1', 1);
    const before = run.run;
    expect(run.result('/debit#1', 2).disposition).toBe('dropped');
    expect(run.failure('/debit#1').disposition).toBe('dropped');
    expect(run.run).toBe(before);
    expect(run.history('dropped')).toEqual(['dropped /debit#1', 'dropped /debit#1']);
    expect(run.run.root.steps).toEqual({ debit: 1 });
  });

  test('a result during the wait for the next attempt is dropped', () => {
    const run = calling({ attempts: 2 });
    run.failure('/debit#1', transient);
    expect(run.result('/debit#1', 'late').disposition).toBe('dropped');
    expect(run.waits()).toEqual(['/debit#1:retry']);
  });

  test('after the end every event is answered with finished', () => {
    const run = new Rehearsal(programOf({ debit: callTo('debit') }));
    run.result('/debit#1');
    expect(run.result('/debit#1').disposition).toBe('finished');
    expect(run.signal('paid').disposition).toBe('finished');
    expect(run.cancel().disposition).toBe('finished');
    expect(run.take({ kind: 'terminate', reason: 'x' }).disposition).toBe('finished');
  });

  test.each([
    '/nowhere#1',
    '/nowhere/debit#1',
    'debit',
    '',
    '/',
    'constructor',
    '~undo',
    '/debit#1~query',
    '/debit#1:retry',
  ])('an answer to %j, which was never asked for, is dropped', (id) => {
    const run = new Rehearsal(programOf({ debit: callTo('debit') }));
    expect(run.result(id).disposition).toBe('dropped');
    expect(run.failure(id).disposition).toBe('dropped');
    expect(run.take({ kind: 'timer', id }).disposition).toBe('dropped');
    expect(run.waits()).toEqual(['/debit#1']);
  });
});
