import { schemaProblems } from '@heddle/connectors/sdk/index';
import { Compile } from 'typebox/schema';
import { Settings } from 'typebox/system';
import type { ErrorCode, Problem } from '../errors.ts';
import { type PreparedSchema, prepareSchema } from './schema-prepare.ts';

/** JSON Schema 2020-12 (or 7), as an author wrote it. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** A compiled JSON Schema. */
export interface SchemaValidator {
  /** About 0.1 µs for a body of 300 bytes. */
  check(value: unknown): boolean;
  /** Everything wrong with a value (at most 64 faults), each with `code`. Slow: only for values that `check` refused. */
  problems(value: unknown, code: ErrorCode): readonly Problem[];
}

export type CompiledSchema =
  | { readonly ok: true; readonly validator: SchemaValidator }
  | { readonly ok: false; readonly problems: readonly Problem[] };

// Process-wide, and 8 by default: too few for "all problems at once".
Settings.Set({ maxErrors: 64 });

const compiled = new WeakMap<object, CompiledSchema>();
const everything: CompiledSchema = { ok: true, validator: { check: () => true, problems: () => [] } };

/**
 * Compiles an author's schema; hostile ones too: no pattern backtracks, no check is quadratic, no key reaches TypeBox
 * that is not JSON Schema. Cached by the schema's identity.
 *
 * Where a schema says `number` or `integer`, the exact decimal strings that `readJson` makes of numbers too long for a
 * double are accepted as well.
 */
export function compileSchema(schema: JsonSchema): CompiledSchema {
  if (schema === true) return everything;
  const key = schema === false ? NOTHING : schema;
  let result = compiled.get(key);
  if (!result) {
    result = compile(key);
    compiled.set(key, result);
  }
  return result;
}

const NOTHING = { not: {} };

function compile(schema: { readonly [keyword: string]: unknown }): CompiledSchema {
  const prepared = prepareSchema(schema);
  if (prepared.problems.length > 0) return { ok: false, problems: prepared.problems };
  try {
    return { ok: true, validator: validatorOf(prepared.schema) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      problems: [{ pointer: '', code: 'SERVICE_INVALID', message: `is not a usable schema: ${message}` }],
    };
  }
}

function validatorOf(schema: PreparedSchema): SchemaValidator {
  const validator = Compile(schema);
  // References that only lead to each other recurse without end; here they show, and not at the first call.
  validator.Check(null);
  return {
    check(value) {
      try {
        return validator.Check(value);
      } catch (error) {
        // Too deep for the stack, which is one way of not fitting.
        if (error instanceof RangeError) return false;
        throw error;
      }
    },
    problems(value, code) {
      try {
        return schemaProblems(validator.Errors(value)[1]).map((problem) => ({ ...problem, code }));
      } catch (error) {
        if (error instanceof RangeError) return [{ pointer: '', code, message: 'is nested too deeply to be checked' }];
        throw error;
      }
    },
  };
}
