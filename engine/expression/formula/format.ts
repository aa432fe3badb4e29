import type { Json, JsonObject } from '../../errors.ts';
import { checkLogic } from '../check.ts';
import { isList, isObject } from '../json.ts';
import { operators } from '../operators/index.ts';
import { callOf } from '../rule.ts';
import { arityOf, functionByOperator } from './functions.ts';
import { bodyContext, type Context, type Infix, infixByOperator, levels, prefixes } from './grammar.ts';
import { nameOfPath, quote } from './names.ts';
import { normalizeLogic } from './normalize.ts';

export type Formatted = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** A piece of formula, and how tightly its outermost operator binds. */
interface Piece {
  readonly text: string;
  readonly level: number;
}

/** An operator with its arguments in a list. */
interface Written {
  readonly name: string;
  readonly args: readonly Json[];
  readonly context: Context;
}

/** What a formula cannot say. It never leaves this file. */
class Unwritable extends Error {}

/** Writes a rule as a formula. Fails for a rule that is not valid, or that holds an object as a literal. */
export function formatFormula(logic: Json): Formatted {
  const [problem] = checkLogic(logic, '');
  if (problem) return { ok: false, reason: problem.message };
  try {
    return { ok: true, text: piece(normalizeLogic(logic), 'flow').text };
  } catch (error) {
    if (error instanceof Unwritable) return { ok: false, reason: error.message };
    throw error;
  }
}

const atom = (text: string): Piece => ({ text, level: levels.atom });

function piece(rule: Json, context: Context): Piece {
  if (isList(rule)) return atom(`[${rule.map((part) => piece(part, context).text).join(', ')}]`);
  if (typeof rule === 'string') return atom(quote(rule));
  if (typeof rule === 'number') return numberPiece(rule);
  const call = callOf(rule);
  if (!call) return isObject(rule) ? atom(calendarText(rule)) : atom(String(rule));
  const written = { name: call.name, args: call.args, context };
  if (call.name === 'var') return variable(written);
  if (call.name === '?:' && call.args.length === 3) return ternary(written);
  if (call.args.length === 1 && prefixes.has(call.name)) return prefixed(written);
  const infix = infixByOperator.get(call.name);
  if (infix && call.args.length >= 2 && call.args.length <= infix.most) return infixed(infix, written);
  return called(written);
}

function numberPiece(value: number): Piece {
  const isNegative = value < 0 || Object.is(value, -0);
  return { text: Object.is(value, -0) ? '-0' : String(value), level: isNegative ? levels.unary : levels.atom };
}

/** The text of a piece, in brackets unless it binds at least as tightly as `level`. */
const within = ({ text, level }: Piece, least: number): string => (level < least ? `(${text})` : text);

function variable(written: Written): Piece {
  const { args, context } = written;
  const [path = null, fallback] = args;
  if (typeof path !== 'string') return called(written);
  const name = nameOfPath(path, context);
  if (fallback === undefined) return atom(name);
  return { text: `${name} ?? ${within(piece(fallback, context), levels.fallback + 1)}`, level: levels.fallback };
}

function ternary({ args, context }: Written): Piece {
  const [condition = '', yes = '', no = ''] = args.map((arg, index) =>
    within(piece(arg, context), index < 2 ? levels.ternary + 1 : levels.ternary),
  );
  return { text: `${condition} ? ${yes} : ${no}`, level: levels.ternary };
}

function prefixed(written: Written): Piece {
  const { name, args, context } = written;
  const [arg = null] = args;
  // `-5` is the number, and `!!!a` would be read as `!!` before `!`.
  if (name === '-' && typeof arg === 'number' && numberPiece(arg).level === levels.atom) return called(written);
  const inner = callOf(arg);
  const isMisread = name === '!' && inner?.args.length === 1 && (inner.name === '!' || inner.name === '!!');
  const operand = isMisread ? called({ ...inner, context }) : piece(arg, context);
  return { text: name + within(operand, levels.unary), level: levels.unary };
}

function infixed({ sign, level, most, operator }: Infix, { args, context }: Written): Piece {
  const operands = args.map((arg, index) => {
    if (index > 0) return within(piece(arg, context), level + 1);
    // Brackets would not keep `(a + b) + c` apart from `a + b + c`: the parser drops them.
    const inner = callOf(arg);
    const wouldJoin = most > 2 && inner?.name === operator && inner.args.length > 1;
    return within(wouldJoin ? called({ ...inner, context }) : piece(arg, context), level);
  });
  return { text: operands.join(` ${sign} `), level };
}

function called({ name, args, context }: Written): Piece {
  const known = functionByOperator.get(name);
  const [min, max] = known ? arityOf(known) : [1, 0];
  const isFunction = known !== undefined && args.length >= min && args.length <= max;
  const hasBody = operators.get(name)?.hasBody === true;
  const texts = args.map((arg, index) => piece(arg, hasBody && index === 1 ? bodyContext(name) : context).text);
  return atom(isFunction ? `${known.name}(${texts.join(', ')})` : `op(${[quote(name), ...texts].join(', ')})`);
}

function calendarText({ holidays = null, workdays = null, timeZone = null, ...rest }: JsonObject): string {
  const parts = [holidays, workdays, timeZone];
  while (parts.at(-1) === null) parts.pop();
  if (Object.keys(rest).length > 0 || parts.length === 0 || !parts.every(isPlain)) {
    throw new Unwritable('a formula cannot hold an object: keep it in a variable');
  }
  return `calendar(${parts.map((part) => piece(part, 'flow').text).join(', ')})`;
}

const isPlain = (part: Json): boolean =>
  part === null || typeof part === 'string' || (isList(part) && part.every((day) => typeof day === 'string'));
