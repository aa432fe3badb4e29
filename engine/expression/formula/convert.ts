import type jsep from 'jsep';
import type { Json } from '../../errors.ts';
import { maxDepth } from '../budget.ts';
import { operators } from '../operators/index.ts';
import { arityOf, type FormulaFunction, functionByName } from './functions.ts';
import { bodyContext, type Context, type Infix, infixBySign, type Node, prefixes } from './grammar.ts';
import { pathOfName } from './names.ts';

/** A formula that parses but means nothing. It never leaves this folder. */
export class Unreadable extends Error {
  /** The word of the formula that is to blame. */
  readonly fragment: string;

  constructor(message: string, fragment = '') {
    super(message);
    this.fragment = fragment;
  }
}

/** The rule that a parsed formula stands for. */
export function convert(node: Node | null, context: Context, depth = 0): Json {
  if (depth > 2 * maxDepth) throw new Unreadable('the formula nests too deeply');
  // jsep declares its result as the widest node; these are all the kinds that it makes.
  const known = node as jsep.CoreExpression | null;
  const next = (inner: Node | null, at: Context = context): Json => convert(inner, at, depth + 1);
  switch (known?.type) {
    case 'Literal':
      return literal(known);
    case 'Identifier':
    case 'MemberExpression':
      return { var: pathText(known, context) };
    case 'UnaryExpression':
      return unary(known, next);
    case 'BinaryExpression':
      return known.operator === '??' ? fallback(known, next, context) : binary(known, next);
    case 'ConditionalExpression':
      return { '?:': [next(known.test), next(known.consequent), next(known.alternate)] };
    case 'ArrayExpression':
      return known.elements.map((element) => next(element));
    case 'CallExpression':
      return call(known, next, context);
    case 'Compound':
      throw new Unreadable(known.body.length > 0 ? 'one formula expected, here are several' : 'the formula is empty');
    default:
      throw new Unreadable(known ? 'this cannot be used in a formula' : 'a value is missing between two commas');
  }
}

type Next = (inner: Node | null, context?: Context) => Json;

function literal({ value, raw }: jsep.Literal): Json {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Unreadable('this number is too large', raw);
    const losesDigits = /^\d+$/.test(raw) && raw.replace(/^0+(?=\d)/, '') !== String(value);
    if (losesDigits) throw new Unreadable('a number this long loses digits: write it as a text', raw);
    return value;
  }
  if (value instanceof RegExp) throw new Unreadable('this cannot be used in a formula', raw);
  return value;
}

function pathText(node: jsep.Identifier | jsep.MemberExpression, context: Context): string {
  const keys: string[] = [];
  let at: Node = node;
  while (isMember(at)) {
    keys.unshift(keyOf(at));
    at = at.object;
  }
  if (at.type !== 'Identifier') throw new Unreadable('only a path such as input.customer can have fields');
  const name = String(at['name']);
  const named = pathOfName(name, keys, context);
  if (!named.ok) throw new Unreadable(named.message, name);
  return named.path;
}

const isMember = (node: Node): node is jsep.MemberExpression => node.type === 'MemberExpression';

function keyOf({ property, computed, optional }: jsep.MemberExpression): string {
  if (optional) throw new Unreadable('"?." does not exist: give the path a default with ??', '?.');
  if (!computed) return String(property['name']);
  const value = isLiteral(property) ? property.value : undefined;
  if (typeof value === 'string' || Number.isSafeInteger(value)) return String(value);
  throw new Unreadable('only fixed keys in []: for a computed path write get(cat("input.", …))', '[');
}

const isLiteral = (node: Node): node is jsep.Literal => node.type === 'Literal';

const isUnary = (node: Node): node is jsep.UnaryExpression => node.type === 'UnaryExpression';

function unary({ operator, argument }: jsep.UnaryExpression, next: Next): Json {
  if (!prefixes.has(operator)) throw new Unreadable(`unknown operator ${operator}`, operator);
  if (operator === '!' && isUnary(argument) && argument.operator === '!') return { '!!': [next(argument.argument)] };
  const value = next(argument);
  return operator === '-' && isLiteral(argument) && typeof value === 'number' ? -value : { [operator]: [value] };
}

function binary(node: jsep.BinaryExpression, next: Next): Json {
  const infix = infixBySign.get(node.operator);
  if (!infix) throw new Unreadable(`unknown operator ${node.operator}`, node.operator);
  const operands = chain(node, infix);
  if (operands.length > infix.most)
    throw new Unreadable(`at most ${infix.most} values between ${infix.sign}`, infix.sign);
  return { [infix.operator]: operands.map((operand) => next(operand)) };
}

/** The operands of `a + b + c`, which jsep nests to the left. */
function chain(node: jsep.BinaryExpression, { sign, most }: Infix): Node[] {
  const operands: Node[] = [node.right];
  let at = node.left;
  while (most > 2 && isBinary(at, sign)) {
    operands.unshift(at.right);
    at = at.left;
  }
  return [at, ...operands];
}

const isBinary = (node: Node, sign: string): node is jsep.BinaryExpression =>
  node.type === 'BinaryExpression' && node['operator'] === sign;

/** `path ?? value`. A chain reads as its author means it: the first path at which there is something. */
function fallback({ left, right }: jsep.BinaryExpression, next: Next, context: Context): Json {
  if (isBinary(left, '??')) {
    const rest = { ...left, left: left.right, right };
    return fallback({ ...left, right: rest }, next, context);
  }
  const path = left as jsep.Identifier | jsep.MemberExpression;
  if (path.type !== 'Identifier' && path.type !== 'MemberExpression') {
    throw new Unreadable('only a path can have a default: input.note ?? "none"', '??');
  }
  return { var: [pathText(path, context), next(right)] };
}

function call({ callee, arguments: args }: jsep.CallExpression, next: Next, context: Context): Json {
  const name = callee.type === 'Identifier' ? String(callee['name']) : '';
  const known = functionByName.get(name);
  if (!known) throw new Unreadable(name === '' ? 'this cannot be called' : `unknown function ${name}`, name);
  checkCount(known, args.length);
  if (name === 'calendar') return calendar(args, next);
  const operator = name === 'op' ? operatorName(args[0], next) : known.operator;
  if (operator === undefined) throw new Unreadable(`${name} cannot be called`, name);
  const hasBody = operators.get(operator)?.hasBody === true;
  const values = (name === 'op' ? args.slice(1) : args).map((arg, index) =>
    next(arg, hasBody && index === 1 ? bodyContext(operator) : context),
  );
  return { [operator]: values };
}

function checkCount(known: FormulaFunction, count: number): void {
  const [min, max] = arityOf(known);
  if (count >= min && count <= max) return;
  const names = known.arguments.map(({ name, kind }) =>
    kind === 'rest' ? `…${name}` : kind === 'optional' ? `${name}?` : name,
  );
  throw new Unreadable(`wrong number of arguments: ${known.name}(${names.join(', ')})`, known.name);
}

function operatorName(node: Node | undefined, next: Next): string {
  const name = node?.type === 'Literal' ? next(node) : undefined;
  if (typeof name === 'string' && operators.has(name)) return name;
  throw new Unreadable('op needs the name of an operator: op("<", a, b)', 'op');
}

function calendar(args: readonly Node[], next: Next): Json {
  if (!args.every(isConstant)) throw new Unreadable('a calendar holds only literals', 'calendar');
  const names = ['holidays', 'workdays', 'timeZone'];
  const entries = args.map((arg, index) => [names[index] ?? '', next(arg)] as const);
  const given = entries.filter(([, value]) => value !== null);
  if (given.length === 0) throw new Unreadable('an empty calendar: leave it out', 'calendar');
  return Object.fromEntries(given);
}

function isConstant(node: Node | null): boolean {
  if (node?.type !== 'ArrayExpression') return node?.type === 'Literal';
  const elements = node['elements'];
  return Array.isArray(elements) && elements.every((element) => isConstant(element as Node | null));
}
