import type { Json, Problem } from '../errors.ts';
import { maxDepth } from './budget.ts';
import { isList } from './json.ts';
import { operators } from './operators/index.ts';
import { parsePath } from './path.ts';
import { argumentPointer, type Call, callOf } from './rule.ts';
import type { Operator } from './scope.ts';

/** A path that an expression uses. Paths relative to an element are not among them. */
export interface PathUse {
  /** `['steps', 'cif', 'name']`. Of a computed path, the part that is known. */
  readonly path: readonly string[];
  /** The author has said what happens when nothing is there. */
  readonly hasDefault: boolean;
  readonly pointer: string;
}

interface Place {
  readonly at: string;
  readonly depth: number;
  readonly inBody: boolean;
}

interface Findings {
  readonly problems: Problem[];
  readonly uses: PathUse[];
}

/** Walks a rule once and reports everything wrong with it, and every path it uses. */
export function inspect(rule: Json, at: string): Findings {
  const findings: Findings = { problems: [], uses: [] };
  visit(rule, { at, depth: 0, inBody: false }, findings);
  return findings;
}

function report({ problems }: Findings, pointer: string, message: string): void {
  problems.push({ pointer, code: 'EXPRESSION_INVALID', message });
}

function isTooDeep({ at, depth }: Place, findings: Findings): boolean {
  if (depth <= maxDepth) return false;
  report(findings, at, `the expression nests deeper than ${maxDepth}: split it with a set node`);
  return true;
}

function visit(rule: Json, place: Place, findings: Findings): void {
  if (isTooDeep(place, findings)) return;
  const { at, depth } = place;
  if (isList(rule)) {
    rule.forEach((part, index) => {
      visit(part, { ...place, at: `${at}/${index}`, depth: depth + 1 }, findings);
    });
    return;
  }
  const call = callOf(rule);
  if (call) visitCall(call, place, findings);
}

function visitCall(call: Call, place: Place, findings: Findings): void {
  const operator = operators.get(call.name);
  if (!operator) report(findings, place.at, `unknown operator "${call.name}"`);
  else if (!takes(operator, call.args.length)) report(findings, place.at, arityMessage(call, operator));
  // Without a path, `var` stands for everything that can be seen.
  if (call.name === 'var' && call.args.length === 0) usePath('', false, place, findings);
  call.args.forEach((arg, index) => {
    const inBody = place.inBody || (operator?.hasBody === true && index === 1);
    const inner = { at: argumentPointer(call, place.at, index), depth: place.depth + 1, inBody };
    const wrong = callOf(arg) ? undefined : operator?.literal?.(index, arg);
    if (wrong !== undefined) report(findings, inner.at, wrong);
    if (operator?.isPath?.(index)) visitPath(arg, call, inner, findings);
    else visit(arg, inner, findings);
  });
}

const takes = ({ args: [min, max] }: Operator, count: number): boolean => count >= min && count <= max;

function arityMessage({ name, args }: Call, operator: Operator): string {
  const [min, max] = operator.args;
  const range = max === Number.POSITIVE_INFINITY ? `at least ${min}` : min === max ? `${min}` : `${min} to ${max}`;
  return `"${name}" takes ${range} ${range === '1' || range === 'at least 1' ? 'argument' : 'arguments'}, not ${args.length}`;
}

/** Visits what stands where a path is expected. It may be computed, as long as its start is a literal. */
function visitPath(rule: Json, owner: Call, place: Place, findings: Findings): void {
  if (isTooDeep(place, findings)) return;
  const call = callOf(rule);
  if (rule === null || typeof rule === 'string' || typeof rule === 'number') {
    usePath(String(rule ?? ''), hasDefault(owner), place, findings);
  } else if (isList(rule) && owner.name !== 'var') {
    rule.forEach((part, index) => {
      visitPath(part, owner, { ...place, at: `${place.at}/${index}`, depth: place.depth + 1 }, findings);
    });
  } else if (call && computesPath(call, owner)) {
    call.args.forEach((arg, index) => {
      const inner = { ...place, at: argumentPointer(call, place.at, index), depth: place.depth + 1 };
      if (call.name === 'cat' && index === 0) useStart(arg, hasDefault(owner), inner, findings);
      else if (isOutcome(call, index)) visitPath(arg, owner, inner, findings);
      else visit(arg, inner, findings);
    });
  } else {
    report(findings, place.at, 'a computed path must start with a literal: {"cat": ["input.", …]}');
  }
}

const hasDefault = ({ name, args }: Call): boolean => name !== 'var' || args.length > 1;

const isChoice = ({ name }: Call): boolean => name === 'if' || name === '?:';

/** Whether the start of what a call returns can be known: a text put together, a choice with an else, lists joined. */
function computesPath(call: Call, owner: Call): boolean {
  if (isChoice(call)) return call.args.length % 2 === 1;
  return (call.name === 'cat' && call.args.length > 0) || (call.name === 'merge' && owner.name !== 'var');
}

/** Whether a call may return this argument: conditions of a choice and the rest of a text are not paths. */
function isOutcome(call: Call, index: number): boolean {
  return call.name === 'merge' || (isChoice(call) && (index % 2 === 1 || index === call.args.length - 1));
}

function usePath(text: string, isOptional: boolean, { at, inBody }: Place, findings: Findings): void {
  const parsed = parsePath(text, inBody);
  if (!parsed.ok) {
    report(findings, at, parsed.message);
    return;
  }
  const { from, keys } = parsed.path;
  if (from !== 'element') findings.uses.push({ path: [from, ...keys], hasDefault: isOptional, pointer: at });
}

/** The literal start of a computed path: only its complete parts count. */
function useStart(start: Json, isOptional: boolean, place: Place, findings: Findings): void {
  const text = typeof start === 'string' ? start : '';
  const known = text.slice(0, Math.max(text.lastIndexOf('.'), 0));
  const isAbsolute = !place.inBody || known.startsWith('$.');
  if (isAbsolute && known !== '') {
    usePath(known, isOptional, place, findings);
  } else {
    const example = place.inBody ? '"$.input."' : '"input."';
    report(findings, place.at, `a computed path must start with a literal root and a dot, as in ${example}`);
  }
}
