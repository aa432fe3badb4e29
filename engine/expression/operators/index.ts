import type { Operator } from '../scope.ts';
import { arithmetic } from './arithmetic.ts';
import { choice } from './choice.ts';
import { comparison } from './comparison.ts';
import { dates } from './dates.ts';
import { decimals } from './decimals.ts';
import { lists } from './lists.ts';
import { paths } from './paths.ts';
import { text } from './text.ts';

/** Every operator of the language by name. A map: no name can reach a prototype. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  [paths, choice, comparison, arithmetic, text, lists, decimals, dates].flatMap((group) => Object.entries(group)),
);
