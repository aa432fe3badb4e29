export type { Formatted } from './format.ts';
export { formatFormula } from './format.ts';
export type { FormulaArgument, FormulaFunction } from './functions.ts';
export { formulaFunctions } from './functions.ts';
export { normalizeLogic } from './normalize.ts';
export type { FormulaProblem, Parsed } from './parse.ts';
export { maxFormulaLength, parseFormula } from './parse.ts';
