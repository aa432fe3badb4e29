import type { Json } from '@heddle/engine/errors';
import { describe, expect, test } from 'vitest';
import { bankCatalogue, drafted, object } from '../model/fixture.ts';
import { reachAt } from '../model/reach.ts';
import { Echo } from './echo.ts';
import { functionAround, pathBefore, pathText, wordAround } from './formula-cursor.ts';
import { isSameRule, readFormula, textOfLogic } from './formula-text.ts';

const document = drafted({
  input: object({ amount: { type: 'integer' } }),
  start: 'a',
  nodes: { a: { type: 'set', values: { x: 1 } } },
});
const reach = reachAt(document, 'a', bankCatalogue);
const read = (text: string) => readFormula(text, reach, (path) => `nothing at ${path}`);

describe('a formula while it is typed', () => {
  test('gives its rule', () => {
    expect(read('input.amount > 5')).toEqual({ ok: true, logic: { '>': [{ var: 'input.amount' }, 5] }, marks: [] });
  });

  test('warns of a path that leads nowhere, where it stands', () => {
    expect(read('1 < input.amuont')).toMatchObject({
      ok: true,
      marks: [{ message: 'nothing at input.amuont', from: 4, to: 16, severity: 'warning' }],
    });
  });

  test('half of it is an error with a place, and no rule', () => {
    const reading = read('input.amount >');
    expect(reading).toMatchObject({ ok: false, marks: [{ severity: 'error' }] });
    expect(reading).not.toHaveProperty('logic');
  });

  test('says why a rule has no formula', () => {
    const logic = { '==': [{ var: 'input.amount' }, { a: 1, b: 2 }] } as Json;
    expect(textOfLogic(logic)).toMatchObject({ text: '', unwritable: expect.any(String) });
  });

  test('rules that are spelt differently are the same, also broken ones', () => {
    expect(isSameRule({ '!': { var: 'input.a' } }, { '!': [{ var: 'input.a' }] })).toBe(true);
    expect(isSameRule({ nonsense: 1 }, { nonsense: 1 })).toBe(true);
    expect(isSameRule(undefined, null)).toBe(false);
  });
});

describe('the cursor in a formula', () => {
  test.each([
    ['input.am', 'input.am', 0],
    ['1 + steps["risk-check"].sc', 'steps.risk-check.sc', 4],
    ['cat(', '', 4],
    ['item.rows[0].', 'item.rows.0.', 0],
  ])('%s is completed from %s', (text, prefix, start) => {
    expect(pathBefore(text)).toEqual({ prefix, start });
  });

  test.each([
    ['input.customer.name', 8, 'input.customer'],
    ['input.customer.name', 17, 'input.customer.name'],
    ['a > steps["x-y"].z', 18, 'steps.x-y.z'],
  ])('%s at %i is about %s', (text, offset, path) => {
    expect(wordAround(text, offset)?.path).toBe(path);
  });

  test.each([
    ['decDiv(a, b, ', { name: 'decDiv', argument: 2 }],
    ['cat("a, b(", x', { name: 'cat', argument: 1 }],
    ['min(max(1, 2), ', { name: 'min', argument: 1 }],
    ['min((1 + 2', { name: 'min', argument: 0 }],
    ['1 + 2', undefined],
  ])('%s stands in its function', (text, expected) => expect(functionAround(text)).toEqual(expected));

  test('keys that are no names are written in brackets', () => {
    expect(pathText('steps.risk-check.rows.0.name')).toBe('steps["risk-check"].rows[0].name');
  });
});

describe('texts that an editor has sent', () => {
  test('are known when they come back late, others are not', () => {
    const echo = new Echo();
    for (const text of ['a', 'ab', 'abc']) echo.send(text);
    expect(echo.returns('a')).toBe(true);
    expect(echo.returns('abc')).toBe(true);
    expect(echo.returns('a')).toBe(false);
    expect(echo.returns('abc')).toBe(false);
  });
});
