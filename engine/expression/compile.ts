import { FlowError, type Json } from '../errors.ts';
import { Budget } from './budget.ts';
import { checkLogic } from './check.ts';
import { isList } from './json.ts';
import { operators } from './operators/index.ts';
import { callOf } from './rule.ts';
import type { Closure, Data } from './scope.ts';

/**
 * Turns a rule into closures.
 *
 * @throws {FlowError} `EXPRESSION_INVALID` with all problems, if the rule would not pass `checkLogic`.
 */
export function compile(rule: Json): Closure {
  const problems = checkLogic(rule, '').filter(({ severity }) => severity !== 'warning');
  const [first] = problems;
  if (first) {
    const details = { problems: problems.map(({ pointer, message }) => ({ pointer, message })) };
    throw new FlowError('EXPRESSION_INVALID', first.message, { details });
  }
  return build(rule, false);
}

function build(rule: Json, inBody: boolean): Closure {
  if (isList(rule)) return buildList(rule, inBody);
  const call = callOf(rule);
  if (!call) return () => rule;
  const operator = operators.get(call.name);
  if (!operator) throw new FlowError('EXPRESSION_INVALID', `unknown operator "${call.name}"`);
  const args = call.args.map((arg, index) => build(arg, inBody || (operator.hasBody === true && index === 1)));
  return operator.build(args, { name: call.name, raw: call.args, inBody });
}

function buildList(rules: readonly Json[], inBody: boolean): Closure {
  const closures = rules.map((rule) => build(rule, inBody));
  return (scope) => {
    scope.budget.spend(1);
    scope.budget.elements(closures.length);
    return closures.map((closure) => closure(scope));
  };
}

/** Runs a closure with a fresh budget. */
export function run(closure: Closure, data: Data): Json {
  const budget = new Budget();
  return budget.accept(closure({ data, budget, element: null }));
}
