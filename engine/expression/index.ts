export { maxBuilt, maxDepth, maxOperations } from './budget.ts';
export { checkLogic, checkValue, pathsOf, pathsOfLogic } from './check.ts';
export { evaluate, evaluateLogic, test } from './evaluate.ts';
export type { Formatted, FormulaArgument, FormulaFunction, FormulaProblem, Parsed } from './formula/index.ts';
export { formatFormula, formulaFunctions, maxFormulaLength, normalizeLogic, parseFormula } from './formula/index.ts';
export type { PathUse } from './inspect.ts';
export type { JsonSchema, PathCandidate } from './paths.ts';
export { completePaths } from './paths.ts';
export type { Data, Root } from './scope.ts';
export { roots } from './scope.ts';
export type { Calendar } from './time/calendar.ts';
export {
  addBusinessDays,
  atTimeOfDay,
  isBusinessDay,
  isCalendar,
  isTimeOfDay,
  maxBusinessDays,
} from './time/calendar.ts';
export { parseDuration } from './time/duration.ts';
export { defaultTimeZone, isTimeZone } from './time/zone.ts';
