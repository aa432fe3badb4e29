import type { Json } from '@heddle/engine/errors';
import { checkLogic, formatFormula, parseFormula, pathsOfLogic } from '@heddle/engine/expression/index';
import { sameLogic } from '../model/condition.ts';
import { type Reach, schemaOfPath } from '../model/reach.ts';

/** Something to be marked in a formula. */
export interface FormulaMark {
  readonly message: string;
  /** Characters from the beginning. */
  readonly from: number;
  readonly to: number;
  readonly severity: 'error' | 'warning';
}

export type FormulaReading =
  | { readonly ok: true; readonly logic: Json; readonly marks: readonly FormulaMark[] }
  | { readonly ok: false; readonly marks: readonly FormulaMark[] };

/** The formula of a rule; of one that no formula can say, why. */
export function textOfLogic(logic: Json | undefined): { readonly text: string; readonly unwritable?: string } {
  if (logic === undefined) return { text: '' };
  const formatted = formatFormula(logic);
  return formatted.ok ? { text: formatted.text } : { text: '', unwritable: formatted.reason };
}

/**
 * Reads a formula as it is typed.
 *
 * @param unknownPath says that a path leads nowhere
 */
export function readFormula(text: string, reach: Reach, unknownPath: (path: string) => string): FormulaReading {
  const parsed = parseFormula(text);
  if (!parsed.ok) {
    const from = Math.min(parsed.problem.index, Math.max(0, text.length - 1));
    return {
      ok: false,
      marks: [{ message: parsed.problem.message, from, to: endOfWord(text, from), severity: 'error' }],
    };
  }
  const marks = pathsOfLogic(parsed.logic).flatMap(({ path }): FormulaMark[] => {
    const name = path.join('.');
    if (schemaOfPath(reach, name) !== undefined) return [];
    const from = Math.max(0, text.indexOf(name));
    const to = text.startsWith(name, from) ? from + name.length : endOfWord(text, from);
    return [{ message: unknownPath(name), from, to, severity: 'warning' }];
  });
  return { ok: true, logic: parsed.logic, marks };
}

function endOfWord(text: string, from: number): number {
  const word = /^[\w$.]+/.exec(text.slice(from))?.[0].length ?? 1;
  return Math.min(text.length, from + Math.max(1, word));
}

/** Whether two rules are the same, also where one is not right yet. */
export function isSameRule(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (checkLogic(a, '').length > 0 || checkLogic(b, '').length > 0) return JSON.stringify(a) === JSON.stringify(b);
  return sameLogic(a, b);
}
