import { describe, expect, test } from 'vitest';
import { callTo, programOf, scopeOf } from '../compile/fixture.ts';
import { defaultLimits } from '../compile/program.ts';
import type { JsonObject } from '../errors.ts';
import { Rehearsal } from './fixture.ts';

const item = { $: { var: 'item' } };
const each = (more: JsonObject = {}, nodes: JsonObject = { pay: callTo('pay', { input: item }) }) =>
  programOf({
    each: {
      type: 'forEach',
      items: { $: { var: 'input' } },
      do: scopeOf(nodes),
      next: 'after',
      onError: [{ code: '*', next: 'sorry' }],
      ...more,
    },
    after: callTo('after', { input: { $: { var: 'steps.each' } } }),
    sorry: callTo('sorry'),
  });
const list = (count: number) => Array.from({ length: count }, (_, index) => index);
const over = (items: number, more: JsonObject = {}) => new Rehearsal(each(more), { input: list(items) });
const pay = (index: number) => `/each[${index}]/pay#1`;

describe('a forEach', () => {
  test('runs as many items at a time as its concurrency, and gives the outputs in item order', () => {
    const run = over(4, { concurrency: 2 });
    expect(run.waits()).toEqual([pay(0), pay(1)]);
    run.result(pay(1), 'b');
    expect(run.waits()).toEqual([pay(0), pay(2)]);
    for (const [index, output] of [
      [2, 'c'],
      [3, 'd'],
      [0, 'a'],
    ] as const)
      run.result(pay(index), output);
    expect(run.open.get('/after#1')).toMatchObject({ input: ['a', 'b', 'c', 'd'] });
  });

  test('of nothing is an empty list', () => {
    expect(over(0).open.get('/after#1')).toMatchObject({ input: [] });
    expect(over(0, { need: 'any' }).waits()).toEqual(['/sorry#1']);
  });

  test('gives every item its own variables, item and index', () => {
    const run = new Rehearsal(
      each({}, { keep: { type: 'set', values: { mine: { $: { cat: [{ var: 'item' }, '/', { var: 'index' }] } } } } }),
      { input: ['a', 'b'] },
    );
    expect(run.open.get('/after#1')).toMatchObject({ input: [{ mine: 'a/0' }, { mine: 'b/1' }] });
    expect(run.run.root.vars).toEqual({});
  });

  test('stops the others when an item fails', () => {
    const run = over(3);
    run.failure(pay(1), { code: 'SERVICE_REFUSED' });
    expect(run.waits()).toEqual(['/sorry#1']);
    expect(run.run.root.error).toMatchObject({ code: 'SERVICE_REFUSED', effectId: pay(1) });
  });

  test('collects errors at their place', () => {
    const run = over(3, { onItemError: 'collect' });
    run.failure(pay(1), { code: 'SERVICE_REFUSED', message: 'no money' });
    run.result(pay(2), 'c');
    run.result(pay(0), 'a');
    expect(run.open.get('/after#1')).toMatchObject({
      input: ['a', { error: { code: 'SERVICE_REFUSED', message: 'no money' } }, 'c'],
    });
  });

  test('with a need goes on once it is met; the rest is cancelled, or never started', () => {
    const run = over(5, { need: 2, concurrency: 3 });
    run.failure(pay(0));
    expect(run.waits()).toEqual([pay(1), pay(2), pay(3)]);
    run.result(pay(2), 'c');
    run.result(pay(1), 'b');
    expect(run.open.get('/after#1')).toMatchObject({ input: [{ error: {} }, 'b', 'c', null, null] });
    expect(run.waits()).toEqual(['/after#1']);
  });

  test('with a need that cannot be met any more fails at once', () => {
    const run = over(3, { need: 2 });
    run.failure(pay(0), { code: 'FIRST' });
    run.failure(pay(1), { code: 'SECOND' });
    expect(run.run.root.error).toMatchObject({ code: 'NEED_NOT_MET', details: { errors: [{ code: 'FIRST' }] } });
    expect(run.waits()).toEqual(['/sorry#1']);
  });

  test('absorbs losers: those that run finish, no more are started', () => {
    const run = over(4, { need: 1, losers: 'absorb', concurrency: 2 });
    run.result(pay(0), 'a');
    expect(run.waits()).toEqual([pay(1), '/after#1']);
    run.result('/after#1', 'end');
    expect(run.run.status).toBe('running');
    run.result(pay(1), 'b');
    expect(run.run.result).toEqual({ status: 'completed', output: 'end' });
  });

  test('is begun anew at its next visit', () => {
    const run = new Rehearsal(
      programOf({
        each: { type: 'forEach', items: [1], do: scopeOf({ pay: callTo('pay') }), next: 'again' },
        again: {
          type: 'choice',
          when: [{ if: { '==': [{ var: 'steps.each.0' }, 'more'] }, next: 'each' }],
          otherwise: 'done',
        },
        done: { type: 'end' },
      }),
    );
    run.result('/each[0]/pay#1', 'more');
    expect(run.waits()).toEqual(['/each#2[0]/pay#1']);
    run.result('/each#2[0]/pay#1', 'enough');
    expect(run.run.status).toBe('completed');
  });

  test.each([{ items: 'text' }, { items: { length: 3 } }, { items: null }])(
    'of $items, which is no list, fails',
    ({ items }) => {
      const run = new Rehearsal(each(), { input: items });
      expect(run.run.root.error).toMatchObject({ code: 'EXPRESSION_TYPE' });
    },
  );
});

describe('a wide forEach', () => {
  test('of more items than allowed fails before anything happens', () => {
    const run = new Rehearsal(each(), { input: list(defaultLimits.maxItems + 1), checked: false });
    expect(run.run.root.error).toMatchObject({ code: 'FAN_OUT_LIMIT' });
  });

  test('starts its items in chunks, each with an event of its own', () => {
    const run = new Rehearsal(each({ concurrency: 1000 }), { input: list(1000) });
    const chunks = [run.waits('call').length];
    while (run.open.has('/each#1:more')) {
      run.timer('/each#1:more');
      chunks.push(run.waits('call').length);
    }
    expect(chunks.at(-1)).toBe(1000);
    expect(chunks.length).toBeGreaterThan(1);
    for (const [index, count] of chunks.entries()) expect(count - (chunks[index - 1] ?? 0)).toBeLessThanOrEqual(1000);
  });

  test('goes through 10,000 items, within the limits of a step and of a history', () => {
    const run = new Rehearsal(each({ concurrency: 1000, onItemError: 'collect' }), {
      input: list(10_000),
      checked: false,
    });
    for (let done = 0; done < 10_000; ) {
      const calls = run.waits('call');
      for (const id of calls) {
        if (done % 1000 === 999) run.failure(id);
        else run.result(id, done);
        done += 1;
      }
      if (run.open.has('/each#1:more')) run.timer('/each#1:more');
    }
    const effect = run.open.get('/after#1');
    const output = effect?.kind === 'call' ? (effect.input as unknown[]) : [];
    expect(output).toHaveLength(10_000);
    expect(output.filter((result) => typeof result === 'object')).toHaveLength(10);
    expect(run.run.sequence).toBeGreaterThan(10_000);
  });

  test('of items that end at once needs few events', () => {
    const nothing = { done: { type: 'set', values: { x: item } } };
    const run = new Rehearsal(each({ concurrency: 1 }, nothing), { input: list(2_000), checked: false });
    while (run.open.has('/each#1:more')) run.timer('/each#1:more');
    expect(run.waits()).toEqual(['/after#1']);
    expect(run.events.length).toBeLessThan(10);
  });
});
