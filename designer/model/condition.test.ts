import type { Json } from '@heddle/engine/errors';
import { checkLogic } from '@heddle/engine/expression/index';
import { describe, expect, test } from 'vitest';
import {
  type ConditionGroup,
  type ConditionRow,
  conditionOf,
  logicOfCondition,
  operatorsFor,
  sameLogic,
} from './condition.ts';

describe('rows of a condition', () => {
  test.each<[Json, string]>([
    [true, ''],
    [{ var: 'input.ok' }, 'input.ok holds'],
    [{ '!': [{ var: 'input.ok' }] }, 'input.ok fails'],
    [{ '!': { var: 'input.ok' } }, 'input.ok fails'],
    [{ '>=': [{ var: 'steps.s.score' }, 650] }, 'steps.s.score >= 650'],
    [{ '==': [{ var: ['input.a', 'x'] }, { var: 'input.b' }] }, 'input.a == input.b'],
    [{ '==': [{ var: ['input.a', null] }, null] }, 'input.a missing'],
    [{ in: [{ var: 'input.a' }, ['x', 'y']] }, 'input.a in ["x","y"]'],
    [{ in: ['x', { var: 'input.a' }] }, 'input.a contains "x"'],
    [{ '>': [{ decCmp: [{ var: 'input.a' }, '1.00'] }, 0] }, 'input.a dec> "1.00"'],
    [
      { or: [{ var: 'input.a' }, { and: [{ var: 'input.b' }, { '<': [{ var: 'input.c' }, 1] }] }] },
      'input.a holds or (input.b holds and input.c < 1)',
    ],
  ])('%j', (logic, expected) => {
    const condition = conditionOf(logic);
    expect(condition && shown(condition)).toBe(expected);
  });

  test.each<[string, Json]>([
    ['arithmetic', { '>': [{ '+': [{ var: 'input.a' }, 1] }, 2] }],
    ['a choice', { if: [true, { var: 'input.a' }, false] }],
    ['three operands', { '<': [1, { var: 'input.a' }, 9] }],
    ['a literal at the left', { '<': [1, { var: 'input.a' }] }],
    ['a rule that is none', { '==': [{ var: 'input.a' }, { a: 1 }] }],
    ['a group of one, which would lose its brackets', { and: [{ var: 'input.a' }] }],
    ['!!', { '!!': [{ var: 'input.a' }] }],
    ['a computed path', { '==': [{ var: { cat: ['input.', 'a'] } }, 1] }],
    ['false', false],
  ])('cannot say %s', (_, logic) => expect(conditionOf(logic)).toBeUndefined());
});

describe('random conditions', () => {
  let seed = 11;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const path = () => pick(['input.a', 'steps.cif.name', 'vars.x', 'item.n']);
  const literal = (): Json => pick<Json>([0, 1.5, 'x', '', true, false, null]);

  function row(): ConditionRow {
    const operator = pick(operatorsFor(undefined));
    if (['holds', 'fails', 'missing', 'present'].includes(operator)) return { kind: 'row', path: path(), operator };
    const value = operator === 'in' ? [literal(), literal()] : literal();
    const literally = operator === 'in' || random(2) === 0;
    return {
      kind: 'row',
      path: path(),
      operator,
      operand: literally ? { kind: 'literal', value } : { kind: 'path', path: path() },
    };
  }
  function group(depth: number): ConditionGroup {
    const rows = Array.from({ length: 2 + random(3) }, () => (depth < 3 && random(4) === 0 ? group(depth + 1) : row()));
    return { kind: 'group', join: pick(['and', 'or'] as const), rows };
  }
  function rule(depth: number): Json {
    if (depth > 3 || random(3) === 0)
      return random(2) === 0 ? { var: random(3) === 0 ? [path(), literal()] : path() } : literal();
    const operator = pick(['and', 'or', '!', '!!', '==', '!=', '>', '<=', 'in', 'if', '+', 'decCmp', 'var']);
    const args = Array.from({ length: 1 + random(3) }, () => rule(depth + 1));
    return { [operator]: args };
  }

  test('what the builder makes, it shows again', () => {
    for (let round = 0; round < 500; round += 1) {
      const logic = logicOfCondition(group(0));
      expect(checkLogic(logic, '')).toEqual([]);
      const again = conditionOf(logic);
      expect(again && sameLogic(logicOfCondition(again), logic), JSON.stringify(logic)).toBe(true);
    }
  });

  test('of any rule, rows say all or nothing', () => {
    let said = 0;
    for (let round = 0; round < 5_000; round += 1) {
      const logic = rule(0);
      const condition = conditionOf(logic);
      if (condition === undefined) continue;
      said += 1;
      expect(sameLogic(logicOfCondition(condition), logic), JSON.stringify(logic)).toBe(true);
    }
    expect(said).toBeGreaterThan(100);
  });
});

function shown(part: ConditionGroup | ConditionRow, inner = false): string {
  if (part.kind === 'group') {
    const text = part.rows.map((row) => shown(row, true)).join(` ${part.join} `);
    return inner ? `(${text})` : text;
  }
  const { path, operator, operand } = part;
  if (operand === undefined) return `${path} ${operator}`;
  return `${path} ${operator} ${operand.kind === 'path' ? operand.path : JSON.stringify(operand.value)}`;
}
