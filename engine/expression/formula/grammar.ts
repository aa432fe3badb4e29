import jsep from 'jsep';

// jsep keeps its operators in one table for the whole process. `in` is the only one that it lacks; it is added here,
// once, and harms no other user of jsep: nothing that parsed before parses differently, except a bare word `in`.
jsep.addBinaryOp('in', 7);

export type Node = jsep.Expression;

export const parseText = (text: string): Node => jsep(text);

/** An operator written between its operands. */
export interface Infix {
  readonly sign: string;
  readonly operator: string;
  /** As jsep has it: the higher binds first. */
  readonly level: number;
  /** How many operands `a + b + c` may chain into one call. */
  readonly most: number;
}

const many = Number.POSITIVE_INFINITY;

export const infixes: readonly Infix[] = [
  { sign: '||', operator: 'or', level: 1, most: many },
  { sign: '&&', operator: 'and', level: 2, most: many },
  { sign: '==', operator: '==', level: 6, most: 2 },
  { sign: '!=', operator: '!=', level: 6, most: 2 },
  { sign: '===', operator: '===', level: 6, most: 2 },
  { sign: '!==', operator: '!==', level: 6, most: 2 },
  { sign: '<', operator: '<', level: 7, most: 3 },
  { sign: '<=', operator: '<=', level: 7, most: 3 },
  { sign: '>', operator: '>', level: 7, most: 2 },
  { sign: '>=', operator: '>=', level: 7, most: 2 },
  { sign: 'in', operator: 'in', level: 7, most: 2 },
  { sign: '+', operator: '+', level: 9, most: many },
  { sign: '-', operator: '-', level: 9, most: 2 },
  { sign: '*', operator: '*', level: 10, most: many },
  { sign: '/', operator: '/', level: 10, most: 2 },
  { sign: '%', operator: '%', level: 10, most: 2 },
];

export const infixBySign: ReadonlyMap<string, Infix> = new Map(infixes.map((infix) => [infix.sign, infix]));
export const infixByOperator: ReadonlyMap<string, Infix> = new Map(infixes.map((infix) => [infix.operator, infix]));

/** Levels around those of the infix operators. */
export const levels = { ternary: 0, fallback: 1, unary: 12, atom: 13 } as const;

/** Operators written before their only operand. */
export const prefixes: ReadonlySet<string> = new Set(['!', '!!', '+', '-']);

/**
 * What names mean where a formula stands: outside of bodies every name is a root; in the body of `filter` and its kin
 * `item` is the element; in that of `reduce` there are `current` and `accumulator` as well.
 */
export type Context = 'flow' | 'element' | 'reduce';

export function bodyContext(operator: string): Context {
  return operator === 'reduce' ? 'reduce' : 'element';
}
