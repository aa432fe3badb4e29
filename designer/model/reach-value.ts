import type { Json } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import { schemaAt, typesOf } from './data-schema.ts';
import { logicSchema } from './reach-logic.ts';
import { literalSchema } from './reach-output.ts';
import { logicOf } from './value.ts';

/** What expressions can read at one place of a flow. */
export interface Reach {
  /** A JSON Schema for each root, as `completePaths` takes them. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  /** What only some of the ways to this place have set: `steps.cif`, `vars.note`, `error`. */
  readonly maybe: ReadonlySet<string>;
  /** Ids of the nodes whose output can be read, nearest first. */
  readonly steps: readonly string[];
}

/** The parts of a node that are evaluated after it was called: its own output and `event` can be read there too. */
export type Section = 'compensate' | 'onUnknown';

/** The schema at a path such as `steps.cif.name`; undefined if nothing can be there. */
export function schemaOfPath(reach: Reach, path: string): JsonSchema | undefined {
  const [root = '', ...rest] = path.split('.');
  const schema = Object.hasOwn(reach.schemas, root) ? reach.schemas[root] : undefined;
  return schema === undefined ? undefined : schemaAt(schema, rest);
}

/** The type at a path as one word, `string|null`, or `any`; undefined if nothing can be there. */
export function typeAt(reach: Reach, path: string): string | undefined {
  const schema = schemaOfPath(reach, path);
  return schema === undefined ? undefined : typesOf(schema).join('|') || 'any';
}

/** The schema of what a value or an expression gives. */
export function schemaOfValue(reach: Reach, value: Json | undefined): JsonSchema {
  if (value === undefined) return {};
  const rule = logicOf(value);
  if (rule !== undefined) return logicSchema(rule, rootSchema(reach));
  return literalSchema(value, (part) => schemaOfValue(reach, part));
}

const rootSchema = ({ schemas }: Reach): JsonSchema => ({ type: 'object', properties: schemas });
