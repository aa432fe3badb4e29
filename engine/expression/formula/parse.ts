import type { Json } from '../../errors.ts';
import { checkLogic } from '../check.ts';
import { convert, Unreadable } from './convert.ts';
import { functionByOperator } from './functions.ts';
import { parseText } from './grammar.ts';
import { normalizeLogic } from './normalize.ts';

/** What is wrong with a formula, and the character at which to show it. */
export interface FormulaProblem {
  readonly message: string;
  readonly index: number;
}

export type Parsed =
  | { readonly ok: true; readonly logic: Json }
  | { readonly ok: false; readonly problem: FormulaProblem };

/** Characters of a formula. */
export const maxFormulaLength = 20_000;

/** Reads a formula. What it returns passes `checkLogic` and is spelt as `normalizeLogic` spells it. */
export function parseFormula(text: string): Parsed {
  if (text.length > maxFormulaLength)
    return refuse(`a formula has at most ${maxFormulaLength} characters`, maxFormulaLength);
  const read = readText(text);
  if (!read.ok) return read;
  try {
    const logic = normalizeLogic(convert(read.node, 'flow'));
    const [problem] = checkLogic(logic, '');
    return problem ? refuse(problem.message, locate(text, fragmentAt(logic, problem.pointer))) : { ok: true, logic };
  } catch (error) {
    if (error instanceof Unreadable) return refuse(error.message, locate(text, error.fragment));
    throw error;
  }
}

function refuse(message: string, index: number): { readonly ok: false; readonly problem: FormulaProblem } {
  return { ok: false, problem: { message, index } };
}

function readText(text: string) {
  try {
    return { ok: true, node: parseText(text) } as const;
  } catch (error) {
    // jsep throws a plain Error with these two fields; on thousands of brackets the stack overflows instead.
    const { description = 'the formula nests too deeply', index = 0 } = error as {
      description?: string;
      index?: number;
    };
    return refuse(description, index);
  }
}

/** jsep's nodes have no positions, so a problem is shown where its words first stand alone. */
function locate(text: string, fragment: string): number {
  const isLetter = (char: string | undefined): boolean => char !== undefined && /[\w$]/.test(char);
  const isWord = isLetter(fragment[0]);
  for (let at = text.indexOf(fragment); at >= 0; at = text.indexOf(fragment, at + 1)) {
    const isAlone = !isLetter(text[at - 1]) && !isLetter(text[at + fragment.length]);
    if (fragment !== '' && (isAlone || !isWord)) return at;
    if (fragment === '') break;
  }
  return 0;
}

/** The word of the formula that stands for a part of its rule. */
function fragmentAt(logic: Json, pointer: string): string {
  let value: Json | undefined = logic;
  for (const key of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) break;
    value = (value as { readonly [key: string]: Json })[key.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  if (typeof value === 'string') return value.split('.')[0] ?? '';
  const name = typeof value === 'object' && value !== null ? Object.keys(value)[0] : undefined;
  return name === undefined ? '' : (functionByOperator.get(name)?.name ?? name);
}
