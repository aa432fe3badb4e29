import type { StatusQuery } from '../compile/program.ts';
import { type Data, evaluate, test } from '../expression/index.ts';
import type { CallState } from './run.ts';

type Verdict = StatusQuery['decide'][number]['then'];

/**
 * The call while its service is asked what became of it.
 *
 * @param data Where `event` is the call as it was made.
 * @throws {FlowError} When the input of the query cannot be computed.
 */
export function asking(query: StatusQuery, call: CallState, data: Data): CallState {
  const { dueAt: _due, ...rest } = call;
  return { ...rest, phase: 'querying', queries: call.queries + 1, queryInput: evaluate(query.input, data) };
}

/**
 * What the answer says; undefined when no rule holds.
 *
 * @param data Where `event` is the answer.
 * @throws {FlowError} When a rule cannot be judged.
 */
export const verdictOf = (query: StatusQuery, data: Data): Verdict | undefined =>
  query.decide.find((rule) => test(rule.if, data))?.then;

/** When to ask again; undefined once that would be after `maxWait`. */
export function nextQueryAt(query: StatusQuery, call: CallState, at: number): number | undefined {
  const dueAt = at + query.everyMs;
  return dueAt > (call.queryingSince ?? at) + query.maxWaitMs ? undefined : dueAt;
}
