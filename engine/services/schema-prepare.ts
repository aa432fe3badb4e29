import { type Problem, pointer } from '../errors.ts';
import { compilePattern, isPlainPattern } from './pattern.ts';
import { keywordProblem } from './schema-keywords.ts';

/** A schema that is safe to compile; still JSON Schema, with functions in the place of what is dangerous. */
export type PreparedSchema = { readonly [keyword: string]: unknown };

type Schema = { readonly [keyword: string]: unknown };
interface Refinement {
  check(value: unknown): boolean;
  error(value: unknown): string;
}

const ONE = new Set([
  'additionalItems',
  'additionalProperties',
  'contains',
  'else',
  'if',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
const MANY = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const NAMED = new Set(['$defs', 'definitions', 'dependentSchemas', 'patternProperties', 'properties']);

/** Every problem is reported at its pointer within the schema. */
export function prepareSchema(root: Schema): {
  readonly schema: PreparedSchema;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const report = (at: string, message: string) => problems.push({ pointer: at, code: 'SERVICE_INVALID', message });

  function one(value: unknown, at: string, depth: number): unknown {
    if (typeof value === 'boolean') return value;
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth <= 64) {
      return object(value as Schema, at, depth + 1); // an object that is no array has string keys
    }
    report(at, depth > 64 ? 'is nested deeper than 64 levels' : 'must be a schema: an object, true or false');
    return true;
  }

  function keyword(name: string, value: unknown, at: string, depth: number): unknown {
    if (ONE.has(name)) return one(value, at, depth);
    if (MANY.has(name) || (name === 'items' && Array.isArray(value))) {
      if (Array.isArray(value)) return value.map((item, index) => one(item, at + pointer(index), depth));
      report(at, 'must be an array of schemas');
      return [];
    }
    if (name === 'items') return one(value, at, depth);
    if (!NAMED.has(name)) return value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      report(at, 'must be an object of schemas');
      return {};
    }
    if (name === 'patternProperties') {
      for (const pattern of Object.keys(value).filter((each) => !isPlainPattern(each))) {
        report(at + pointer(pattern), 'is too intricate a pattern for keys: use ^, plain classes and one quantifier');
      }
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, one(item, at + pointer(key), depth)]));
  }

  function object(schema: Schema, at: string, depth: number): PreparedSchema {
    const refinements: Refinement[] = [];
    const prepared: Record<string, unknown> = {};
    const keepType = (value: unknown) => {
      const refinement = numberRefinement(Array.isArray(value) ? value : [value]);
      if (refinement) refinements.push(refinement);
      else prepared['type'] = value;
    };
    for (const [name, value] of Object.entries(schema)) {
      // TypeBox's own keywords start with ~ and hold functions; an author has no business with them.
      if (name.startsWith('~') || name === '__proto__') continue;
      const problem = keywordProblem(name, value);
      if (problem) {
        report(at + pointer(name), problem);
        continue;
      }
      if (name === 'pattern')
        refinements.push(...patternRefinement(value, (message) => report(`${at}/pattern`, message)));
      else if (name === 'uniqueItems') refinements.push(...(value === true ? [unique] : []));
      else if (name === 'type') keepType(value);
      else if (name === '$ref' && !resolves(root, value))
        report(`${at}/$ref`, `${JSON.stringify(value)} leads nowhere in this schema`);
      else prepared[name] = keyword(name, value, at + pointer(name), depth);
    }
    if (refinements.length > 0) prepared['~refine'] = refinements;
    return prepared;
  }

  return { schema: object(root, '', 0), problems };
}

function patternRefinement(value: unknown, report: (message: string) => void): readonly Refinement[] {
  const pattern = typeof value === 'string' ? compilePattern(value) : { problem: 'must be a string' };
  if ('problem' in pattern) {
    report(pattern.problem);
    return [];
  }
  return [
    {
      check: (text) => typeof text !== 'string' || pattern.test(text),
      error: () => `must match pattern ${String(value)}`,
    },
  ];
}

/** By text with keys in order, so linear: comparing each with each is quadratic. */
const unique: Refinement = {
  check: (value) => !Array.isArray(value) || new Set(value.map(canonical)).size === value.length,
  error: () => 'must not have duplicate items',
};

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))
      : item,
  );
}

/**
 * Numbers that a double cannot hold arrive as strings of their digits (see `readJson`), so a check of its own takes the
 * place of `type` where that allows numbers.
 */
function numberRefinement(types: readonly unknown[]): Refinement | undefined {
  if (types.includes('string') || !(types.includes('number') || types.includes('integer'))) return undefined;
  const isWhole = !types.includes('number');
  const decimal = isWhole ? /^-?\d+$/ : /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
  return {
    check(value) {
      if (typeof value === 'number') return isWhole ? Number.isInteger(value) : true;
      if (typeof value === 'string') return value.length > 15 && decimal.test(value);
      return types.includes(value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
    },
    error: () => `must be ${types.join(' or ')}`,
  };
}

/** As it stands, if it is not well encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Only references within the document: nothing is ever fetched. */
function resolves(root: Schema, reference: unknown): boolean {
  if (typeof reference !== 'string') return false;
  if (!reference.startsWith('#')) return reference === root['$id'];
  if (!reference.startsWith('#/')) return true;
  let at: unknown = root;
  for (const part of reference.slice(2).split('/')) {
    const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = Reflect.get(at, key);
  }
  return true;
}
