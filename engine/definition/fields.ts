import Type, { type TSchema } from 'typebox';
import type { Json } from '../errors.ts';

/**
 * What a part of a node's configuration means to the engine. It is written into the JSON Schema as `x-heddle`, so that
 * parsing, soundness checks and the designer's forms all read it from the one place where the node type declares it.
 *
 * - `value`: any JSON; an object with the single key `$` is an expression. `x-value` beside it is a JSON Schema of what the
 *   value should come to: nobody checks it, it tells forms what to offer
 * - `condition`: JSONLogic directly
 * - `node`: the id of a node of the same scope
 * - `scope`: a nested scope, `{ start, nodes }`
 * - `duration`: literal text such as `90s` or `PT2H`
 * - `code`: an error code, or `*`
 */
export type FieldKind = 'value' | 'condition' | 'node' | 'scope' | 'duration' | 'code';

const annotated = (kind: FieldKind, schema: TSchema, extra: object = {}) => ({ ...schema, 'x-heddle': kind, ...extra });

export const Value = (extra: object = {}) => Type.Unsafe<Json>(annotated('value', Type.Unknown(), extra));
export const Condition = (extra: object = {}) => Type.Unsafe<Json>(annotated('condition', Type.Unknown(), extra));
export const NodeRef = () =>
  Type.Unsafe<string>(annotated('node', Type.String({ pattern: NODE_ID_PATTERN, maxLength: 64 })));
export const Duration = (extra: object = {}) =>
  Type.Unsafe<string>(annotated('duration', Type.String({ minLength: 2, maxLength: 64 }), extra));
export const ErrorCodePattern = () =>
  Type.Unsafe<string>(annotated('code', Type.String({ pattern: '^(\\*|[A-Z][A-Z0-9_]{0,63})$' })));
/** A nested scope. The published schema of the whole flow replaces it by a reference to `#/$defs/scope`. */
export const ScopeField = () => Type.Unsafe<ScopeShape>(annotated('scope', Type.Object({})));
/** A nested scope that may carry a condition, `if`, and a title. */
export const BranchField = () =>
  Type.Unsafe<ScopeShape & { readonly if?: Json }>(annotated('scope', Type.Object({}), { 'x-branch': true }));

interface ScopeShape {
  readonly start: string;
  readonly nodes: { readonly [id: string]: { readonly type: string; readonly [key: string]: Json } };
}

export const NODE_ID_PATTERN = '^[a-z][a-zA-Z0-9-]*$';

export interface Field {
  readonly kind: FieldKind;
  /** Segments from the configuration's root to the field. */
  readonly path: readonly (string | number)[];
  readonly value: Json;
}

type SchemaObject = { readonly [key: string]: unknown };

/** Lists every annotated field that a configuration really has, in the order in which it stands there. */
export function fieldsOf(schema: TSchema, config: Json, path: readonly (string | number)[] = []): Field[] {
  const node = schema as unknown as SchemaObject;
  const kind = node['x-heddle'] as FieldKind | undefined;
  if (kind !== undefined) return [{ kind, path, value: config }, ...conditionOf(node, config, path)];
  const choices = node['anyOf'] as readonly TSchema[] | undefined;
  if (choices) return isWord(choices, config) ? [] : choices.flatMap((choice) => fieldsOf(choice, config, path));
  if (Array.isArray(config)) {
    const items = node['items'] as TSchema | undefined;
    return items ? config.flatMap((item: Json, index) => fieldsOf(items, item, [...path, index])) : [];
  }
  if (config === null || typeof config !== 'object') return [];
  const properties = (node['properties'] ?? {}) as { readonly [key: string]: TSchema };
  const rest = Object.values((node['patternProperties'] ?? {}) as { readonly [key: string]: TSchema })[0];
  return Object.entries(config).flatMap(([key, value]) => {
    const member = Object.hasOwn(properties, key) ? properties[key] : rest;
    return member ? fieldsOf(member, value as Json, [...path, key]) : [];
  });
}

/** `forever`, say, where else a duration stands. */
const isWord = (choices: readonly TSchema[], config: Json) =>
  choices.some((choice) =>
    ((choice as unknown as SchemaObject)['enum'] as readonly Json[] | undefined)?.includes(config),
  );

function conditionOf(schema: SchemaObject, scope: Json, path: readonly (string | number)[]): Field[] {
  if (schema['x-branch'] !== true || scope === null || typeof scope !== 'object' || Array.isArray(scope)) return [];
  const condition = (scope as { readonly [key: string]: Json })['if'];
  return condition === undefined ? [] : [{ kind: 'condition', path: [...path, 'if'], value: condition }];
}
