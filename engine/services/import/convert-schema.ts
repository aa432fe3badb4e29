import { pointer } from '../../errors.ts';
import { compilePattern, isPlainPattern } from '../pattern.ts';
import type { JsonSchema } from '../schema.ts';
import { keywordProblem } from '../schema-keywords.ts';
import type { References } from './references.ts';
import type { Report } from './report.ts';
import { isTree, listOf, type Tree } from './tree.ts';

/** What a caller sends has no members that only the service sets, and the other way round. */
export type Direction = 'request' | 'response';

/** A schema with the names of those under `$defs` that it needs. */
export interface Converted {
  readonly schema: JsonSchema;
  readonly needs: ReadonlySet<string>;
}

/** Below the 64 that a schema may have, as it is put into another one. */
const MAX_DEPTH = 50;
const ONE = new Set([
  'additionalItems',
  'additionalProperties',
  'contains',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
]);
for (const name of ['then', 'unevaluatedItems', 'unevaluatedProperties']) ONE.add(name);
const MANY = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const NAMED = new Set(['dependentSchemas', 'patternProperties', 'properties']);
const NUMBERS = ['multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'];
const COUNTS = [
  'maxLength',
  'minLength',
  'maxItems',
  'minItems',
  'maxContains',
  'minContains',
  'maxProperties',
  'minProperties',
];
const NOTES = ['title', 'description', 'format', 'contentMediaType', 'contentEncoding'];
const FREE = [
  'const',
  'default',
  'enum',
  'type',
  'required',
  'pattern',
  'uniqueItems',
  'readOnly',
  'writeOnly',
  'deprecated',
];
const PLAIN = new Set([...NUMBERS, ...COUNTS, ...NOTES, ...FREE, 'dependentRequired']);

/** Turns schemas of OpenAPI 3.0 and 3.1 into JSON Schema 2020-12 whose references stay within `$defs`. */
export class SchemaConverter {
  readonly #references: References;
  readonly #report: Report;
  readonly #defs = new Map<string, Converted>();
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #patterns = new Map<string, string | undefined>();

  constructor(references: References, report: Report) {
    this.#references = references;
    this.#report = report;
  }

  /** @param at where the schema stands in the document */
  convert(value: unknown, at: string, direction: Direction): Converted {
    const needs = new Set<string>();
    const schema = this.#schema(value, at, { direction, needs, depth: 0 });
    return { schema, needs };
  }

  /** The schema with everything that it refers to, near or far, under `$defs`. */
  complete({ schema, needs }: Converted): JsonSchema {
    if (needs.size === 0 || typeof schema === 'boolean') return schema;
    const all = new Set(needs);
    for (const key of all) for (const next of this.#defs.get(key)?.needs ?? []) all.add(next);
    const defs = [...all].map((key) => [this.#names.get(key) ?? key, this.#defs.get(key)?.schema ?? true] as const);
    return { ...schema, $defs: Object.fromEntries(defs.sort(([a], [b]) => (a < b ? -1 : 1))) };
  }

  #schema(value: unknown, at: string, context: Context): JsonSchema {
    if (typeof value === 'boolean') return value;
    if (!isTree(value)) {
      this.#report.skip(at, 'schema', 'is no object, so anything is taken in its place');
      return true;
    }
    if (context.depth > MAX_DEPTH) {
      this.#report.skip(at, 'schema', `is nested deeper than ${MAX_DEPTH} levels: anything is taken there`);
      return true;
    }
    const result: Record<string, unknown> = {};
    for (const [name, item] of Object.entries(value)) {
      const converted = this.#keyword(name, item, below(at, name), context);
      if (converted !== undefined) result[name] = converted;
    }
    const closedByHand = isTree(value['patternProperties']) && result['patternProperties'] === undefined;
    if (closedByHand) delete result['additionalProperties'];
    this.#dated(value, result);
    chosenByName(value, result);
    this.#leaveOutRequired(value, result, at, context);
    return value['nullable'] === true ? orNull(result) : result;
  }

  #keyword(name: string, value: unknown, at: string, context: Context): unknown {
    const inner = { ...context, depth: context.depth + 1 };
    if (name === '$ref') return this.#reference(value, at, context);
    if (name === 'items' && Array.isArray(value)) return this.#list(value, at, inner);
    if (ONE.has(name)) return this.#schema(value, at, inner);
    if (MANY.has(name)) return Array.isArray(value) && value.length > 0 ? this.#list(value, at, inner) : undefined;
    if (NAMED.has(name)) return this.#named(name, value, at, inner);
    if (!PLAIN.has(name)) return undefined;
    if (name === 'pattern') return this.#pattern(value, at);
    // The form of 3.0 beside `minimum` and `maximum`; see #dated.
    if (typeof value === 'boolean' && (name === 'exclusiveMinimum' || name === 'exclusiveMaximum')) return undefined;
    // Bounds beyond 2^53 are those of 64-bit numbers, which a double cannot hold.
    if (NUMBERS.includes(name) && !(Math.abs(Number(value)) <= Number.MAX_SAFE_INTEGER)) return undefined;
    if (name === 'type' && value === 'file') return 'string';
    if (NOTES.includes(name)) return typeof value === 'string' ? value : undefined;
    if (name === 'required' && typeof value === 'boolean') return undefined;
    const problem = keywordProblem(name, value);
    if (problem === undefined) return value;
    this.#report.skip(at, name, problem);
    return undefined;
  }

  #list(values: readonly unknown[], at: string, context: Context): JsonSchema[] {
    return values.map((item, index) => this.#schema(item, below(at, index), context));
  }

  #named(name: string, value: unknown, at: string, context: Context): unknown {
    if (!isTree(value)) return undefined;
    const entries = Object.entries(value).filter(([key]) => {
      if (name !== 'patternProperties' || isPlainPattern(key)) return true;
      this.#report.skip(below(at, key), 'pattern', 'is too intricate for keys: members of that name are not checked');
      return false;
    });
    if (entries.length === 0 && name === 'patternProperties') return undefined;
    return Object.fromEntries(entries.map(([key, item]) => [key, this.#schema(item, below(at, key), context)]));
  }

  #pattern(value: unknown, at: string): string | undefined {
    if (typeof value !== 'string') return undefined;
    let problem = this.#patterns.get(value);
    if (!this.#patterns.has(value)) {
      const compiled = compilePattern(value);
      problem = 'problem' in compiled ? compiled.problem : undefined;
      this.#patterns.set(value, problem);
    }
    if (problem === undefined) return value;
    this.#report.skip(at, 'pattern', problem);
    return undefined;
  }

  #reference(value: unknown, at: string, { direction, needs }: Context): string | undefined {
    const found = this.#references.follow({ $ref: value }, at);
    if (typeof value !== 'string' || !found.ok) {
      const reason = found.ok ? 'is no text' : found.reason;
      this.#report.skip(at, '$ref', `${reason}. Anything is taken in its place`);
      return undefined;
    }
    const key = `${direction} ${found.pointer}`;
    needs.add(key);
    if (!this.#defs.has(key)) {
      this.#names.set(key, this.#freeName(found.pointer, direction));
      const own = new Set<string>();
      // Before it is converted, so that a schema can refer to itself.
      this.#defs.set(key, { schema: true, needs: own });
      const schema = this.#schema(found.value, found.pointer, { direction, needs: own, depth: 1 });
      this.#defs.set(key, { schema, needs: own });
    }
    return `#/$defs/${this.#names.get(key)}`;
  }

  #freeName(at: string, direction: Direction): string {
    const last = at.slice(at.lastIndexOf('/') + 1).replaceAll(/[^a-zA-Z0-9_.-]+/g, '_') || 'document';
    let name = last;
    for (let number = 2; this.#taken.has(`${direction} ${name}`); number += 1) name = `${last}_${number}`;
    this.#taken.add(`${direction} ${name}`);
    return name;
  }

  /** What 3.0 says in other words than JSON Schema. */
  #dated(value: Tree, result: Record<string, unknown>): void {
    for (const [limit, exclusive] of [
      ['minimum', 'exclusiveMinimum'],
      ['maximum', 'exclusiveMaximum'],
    ] as const) {
      if (value[exclusive] !== true || result[limit] === undefined) continue;
      result[exclusive] = result[limit];
      delete result[limit];
    }
    const examples = Array.isArray(value['examples']) ? value['examples'] : [];
    const all = 'example' in value ? [value['example'], ...examples] : examples;
    if (all.length > 0) result['examples'] = all;
  }

  #leaveOutRequired(value: Tree, result: Record<string, unknown>, at: string, { direction }: Context): void {
    if (!Array.isArray(result['required']) || !isTree(value['properties'])) return;
    const mark = direction === 'request' ? 'readOnly' : 'writeOnly';
    const { properties } = value;
    const required = result['required'].filter((name) => {
      const member = this.#references.follow(properties[name], at);
      return !(member.ok && isTree(member.value) && member.value[mark] === true);
    });
    if (required.length > 0) result['required'] = required;
    else delete result['required'];
  }
}

interface Context {
  readonly direction: Direction;
  readonly needs: Set<string>;
  readonly depth: number;
}

const below = (at: string, name: string | number) =>
  typeof name === 'string' && /[~/]/.test(name) ? at + pointer(name) : `${at}/${name}`;

/** With a discriminator the choices may overlap: a member says which is meant, and the service goes by that. */
function chosenByName({ discriminator }: Tree, result: Record<string, unknown>): void {
  if (!isTree(discriminator) || result['oneOf'] === undefined || result['anyOf'] !== undefined) return;
  result['anyOf'] = result['oneOf'];
  delete result['oneOf'];
}

/** `nullable` of 3.0: in `type` where there is one, which is shorter to read. */
function orNull(schema: Record<string, unknown>): JsonSchema {
  const { type } = schema;
  if (schema['$ref'] !== undefined || type === undefined) {
    return Object.keys(schema).length === 0 ? true : { anyOf: [schema, { type: 'null' }] };
  }
  const values = Array.isArray(schema['enum']) ? { enum: [...new Set([...schema['enum'], null])] } : {};
  return {
    ...schema,
    ...values,
    type: [...new Set([...listOf(type), ...(Array.isArray(type) ? [] : [type]), 'null'])],
  };
}
