import { readFileSync } from 'node:fs';
import type { Json } from '@heddle/engine/errors';

/** One case of the JSONLogic suite, its data made the input of a flow. */
export interface ClassicCase {
  /** The rule as published and its data: unique within the suite. */
  readonly description: string;
  readonly rule: Json;
  /** What the flow is started with: `input` in the rule. */
  readonly data: Json;
  readonly expected: Json;
}

/** Cases in which Heddle means to differ. */
export interface Difference {
  readonly matches: (description: string) => boolean;
  /** The code of the error that takes the place of the published result. */
  readonly code: string;
  readonly reason: string;
}

const among = (...descriptions: readonly string[]) => {
  const known = new Set(descriptions);
  return (description: string): boolean => known.has(description);
};

/** All of them; every other case has exactly the published result. */
export const deliberateDifferences: readonly Difference[] = [
  {
    matches: among(
      '{">":["2",1]} on null',
      '{">=":["2",1]} on null',
      '{"<":["1",2]} on null',
      '{"<=":["1",2]} on null',
    ),
    code: 'EXPRESSION_TYPE',
    reason: 'a text is never ordered against a number: "9" < "10" and 9 < 10 disagree, so one of them would be a guess',
  },
  {
    matches: among(
      '{"var":["b"]} on {"a":1}',
      '{"var":"b"} on {"a":1}',
      '{"var":["a"]} on null',
      '{"var":"a"} on null',
      '{"var":"a.q"} on {"a":{"b":"c"}}',
      '{"var":"a.b.c"} on null',
      '{"var":"a.b.c"} on {"a":null}',
      '{"var":"a.b.c"} on {"a":{"b":null}}',
      '{"map":[{"var":"integers"},{"*":[{"var":""},2]}]} on null',
      '{"reduce":[{"var":"integers"},{"+":[{"var":"current"},{"var":"accumulator"}]},0]} on null',
    ),
    code: 'EXPRESSION_MISSING_PATH',
    reason: 'a missing path without a default is an error: as null it would compare as 0',
  },
];

/** The suite as published: headings between its cases are texts. */
type Published = string | { readonly rule: Json; readonly data?: Json; readonly result: Json };

/** The cases of the suite, with every path outside of bodies starting at `input`. */
export function classicCases(): ClassicCase[] {
  const published: Published[] = JSON.parse(readFileSync(new URL('./compatible.json', import.meta.url), 'utf8'));
  return published.flatMap((entry) => {
    if (typeof entry === 'string') return [];
    const { rule, data = null, result } = entry;
    const listsPaths = isCall(rule, 'missing') || isCall(rule, 'missing_some');
    return {
      description: `${JSON.stringify(rule)} on ${JSON.stringify(data)}`,
      rule: underInput(rule),
      data,
      expected: listsPaths ? pathsUnderInput(result) : result,
    };
  });
}

const bodied = new Set(['map', 'filter', 'reduce', 'all', 'none', 'some']);

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCall = (rule: Json, name: string): boolean => isObject(rule) && Object.keys(rule).join() === name;

/** Applies to the arguments of a call, in a list or not. */
function eachArgument(values: Json, change: (arg: Json, index: number) => Json): Json {
  return Array.isArray(values) ? values.map((arg: Json, index) => change(arg, index)) : change(values, 0);
}

function underInput(rule: Json): Json {
  if (Array.isArray(rule)) return rule.map(underInput);
  if (!isObject(rule)) return rule;
  const [name = '', ...more] = Object.keys(rule);
  const values = rule[name];
  if (values === undefined || more.length > 0) return rule;
  if (name === 'var') {
    const whole = Array.isArray(values) && values.length === 0;
    return {
      var: whole
        ? 'input'
        : eachArgument(values, (arg, index) => (index === 0 ? pathsUnderInput(arg) : underInput(arg))),
    };
  }
  if (name === 'missing') return { missing: eachArgument(values, pathsUnderInput) };
  if (name === 'missing_some')
    return { missing_some: eachArgument(values, (arg, index) => (index === 1 ? pathsUnderInput(arg) : arg)) };
  return { [name]: eachArgument(values, (arg, index) => (bodied.has(name) && index === 1 ? arg : underInput(arg))) };
}

/** Moves a path, a list of paths, or what a call that computes paths may return. */
function pathsUnderInput(path: Json): Json {
  if (path === null || path === '') return 'input';
  if (typeof path === 'string' || typeof path === 'number') return `input.${path}`;
  if (Array.isArray(path)) return path.map(pathsUnderInput);
  if (!isObject(path)) return path;
  return Object.fromEntries(
    Object.entries(path).map(([name, values]) => {
      const isCondition = (index: number, count: number): boolean =>
        (name === 'if' || name === '?:') && index % 2 === 0 && index < count - 1;
      const count = Array.isArray(values) ? values.length : 1;
      return [
        name,
        eachArgument(values, (arg, index) => (isCondition(index, count) ? underInput(arg) : pathsUnderInput(arg))),
      ];
    }),
  );
}
