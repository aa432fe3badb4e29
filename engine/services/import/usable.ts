import type { JsonSchema } from '../schema.ts';
import type { Report } from './report.ts';
import { isTree, listOf, type Tree, treeOf } from './tree.ts';

/** As text. What is larger costs every list of services more than it helps. */
const MAX_SCHEMA_LENGTH = 256 * 1_024;
const MAX_TOTAL_LENGTH = 64 * 1_048_576;

/**
 * Lets schemas through that can be used, and puts one that takes anything in the place of others.
 *
 * Converted schemas are sound but for references that lead in a circle without a step into the value, so only that is
 * looked for: compiling each schema would take some milliseconds per operation.
 */
export class UsableSchemas {
  readonly #report: Report;
  readonly #lengths = new WeakMap<object, number>();
  readonly #direct = new WeakMap<object, readonly string[]>();
  #total = 0;

  constructor(report: Report) {
    this.#report = report;
  }

  /** @param at of the operation */
  pass(schema: JsonSchema, at: string, what: string): JsonSchema {
    if (typeof schema === 'boolean') return schema;
    const length = this.#lengthOf(schema);
    if (length > MAX_SCHEMA_LENGTH || this.#total + length > MAX_TOTAL_LENGTH) {
      const reason = length > MAX_SCHEMA_LENGTH ? `over ${MAX_SCHEMA_LENGTH}` : 'too many together with the others';
      this.#report.skip(at, what, `has ${length} characters with all that it refers to, ${reason}: anything is taken`);
      return true;
    }
    if (this.#circles(schema)) {
      this.#report.skip(at, what, 'refers to itself without a step into the value: anything is taken');
      return true;
    }
    this.#total += length;
    return schema;
  }

  #lengthOf({ $defs, ...own }: Tree): number {
    const parts = Object.entries(treeOf($defs)).map(([name, part]) => {
      if (!isTree(part)) return name.length + 9;
      const length = this.#lengths.get(part) ?? JSON.stringify(part).length;
      this.#lengths.set(part, length);
      return name.length + length + 4;
    });
    return parts.reduce((sum, length) => sum + length, JSON.stringify(own).length);
  }

  #circles({ $defs, ...own }: Tree): boolean {
    const defs = treeOf($defs);
    const done = new Set<string>();
    const way = new Set<string>();
    const visit = (reference: string): boolean => {
      if (way.has(reference)) return true;
      if (done.has(reference)) return false;
      way.add(reference);
      const part = defs[reference.slice('#/$defs/'.length)];
      const found = isTree(part) && this.#directOf(part).some(visit);
      way.delete(reference);
      done.add(reference);
      return found;
    };
    return this.#directOf(own).some(visit) || Object.keys(defs).some((name) => visit(`#/$defs/${name}`));
  }

  #directOf(schema: Tree): readonly string[] {
    const known = this.#direct.get(schema);
    if (known) return known;
    const found = directReferences(schema);
    this.#direct.set(schema, found);
    return found;
  }
}

/** References that are looked at for the same value as the schema itself. */
function directReferences(schema: Tree): string[] {
  const inner = [
    ...['allOf', 'anyOf', 'oneOf'].flatMap((name) => listOf(schema[name])),
    ...['not', 'if', 'then', 'else'].map((name) => schema[name]),
    ...Object.values(treeOf(schema['dependentSchemas'])),
  ];
  const own = typeof schema['$ref'] === 'string' ? [schema['$ref']] : [];
  return [...own, ...inner.filter(isTree).flatMap(directReferences)];
}
