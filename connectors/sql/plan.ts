import type { Json } from '../sdk/index.ts';
import type { Dialect } from './dialect.ts';
import type { Binding } from './schemas.ts';
import type { Bound } from './session.ts';
import { compileStatement, type Statement } from './statement.ts';

/** The input does not fit the operation; nothing was sent. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** An operation, ready for its calls. */
export interface Plan {
  readonly statements: readonly Statement[];
  readonly isTransaction: boolean;
  /** A procedure can commit by itself in MySQL, so what was sent may have acted before COMMIT. */
  readonly mayCommit: boolean;
  readonly isIdempotent: boolean;
  readonly result: 'rows' | 'first' | 'affected';
  readonly isNeeded: boolean;
  readonly maxRows: number;
  readonly jsonColumns: ReadonlySet<string>;
  /** @throws {InputError} */
  bind(input: Json, given: { readonly [name: string]: Json }): readonly Bound[];
}

/** @throws {StatementError} if this database cannot take a statement. */
export function planOf(binding: Binding, dialect: Dialect): Plan {
  const isIdempotent = binding.idempotencyTable === true;
  const isTransaction = isIdempotent || binding.statements !== undefined;
  const sources = binding.statements ?? [binding.statement ?? ''];
  const statements = sources.map((source) => compileStatement(source, { dialect, inTransaction: isTransaction }));
  const asJson = new Set(binding.jsonParameters ?? []);
  const fields = new Set(statements.flatMap(({ names }) => names));
  return {
    statements,
    isTransaction,
    mayCommit: dialect === 'mysql' && statements.some(({ text }) => /^\s*(?:call|begin|execute)\b/i.test(text)),
    isIdempotent,
    result: binding.result ?? 'rows',
    isNeeded: binding.whenNone === 'error',
    maxRows: binding.maxRows ?? 1_000,
    jsonColumns: new Set(binding.jsonColumns ?? []),
    bind(input, given) {
      const object = objectOf(input);
      const stray = Object.keys(object).find((field) => !fields.has(field));
      if (stray !== undefined)
        throw new InputError(`no statement has a place for the input field ${stray}: write :${stray}`);
      const boundValue = (name: string): Json => {
        const value = Object.hasOwn(given, name) ? given[name] : Object.hasOwn(object, name) ? object[name] : undefined;
        if (value === undefined) throw new InputError(`the input field ${name} is missing; null is NULL`);
        const sent = asJson.has(name) && value !== null ? JSON.stringify(value) : value;
        checkParameter(name, sent, dialect);
        return sent;
      };
      return statements.map(({ text, names }) => ({ text, values: names.map(boundValue) }));
    },
  };
}

function objectOf(input: Json): { readonly [name: string]: Json } {
  if (input === null) return {};
  if (typeof input === 'object' && !Array.isArray(input)) return input as { readonly [name: string]: Json };
  throw new InputError('the input must be an object');
}

function checkParameter(name: string, value: Json, dialect: Dialect): void {
  if (Array.isArray(value)) {
    if (dialect !== 'postgresql') {
      throw new InputError(
        `the input field ${name} is an array, which only PostgreSQL knows: list it in jsonParameters`,
      );
    }
    for (const item of value) checkParameter(name, item, dialect);
  }
  const text = typeof value === 'object' ? JSON.stringify(value) : value;
  if (typeof text !== 'string') return;
  if (/\p{Surrogate}/u.test(text)) throw new InputError(`the input field ${name} is not well-formed Unicode`);
  // SQLite would keep it and cut it off in its own functions; PostgreSQL has no place for it.
  if (text.includes('\u0000')) throw new InputError(`the input field ${name} contains NUL`);
}
