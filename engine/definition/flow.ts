import Type, { type Static, type TSchema } from 'typebox';
import type { Json, JsonObject, Problem } from '../errors.ts';
import { Duration, ErrorCodePattern, NODE_ID_PATTERN, NodeRef, Value } from './fields.ts';
import { Trigger } from './trigger.ts';

/** Text for people: one string, or one per language. */
export const Text = Type.Union([
  Type.String({ maxLength: 2000 }),
  Type.Record(Type.String({ pattern: '^[a-z]{2}(-[A-Z]{2})?$' }), Type.String({ maxLength: 2000 }), {
    additionalProperties: false,
  }),
]);
export type Text = string | { readonly [language: string]: string };

export const Retry = Type.Object(
  {
    attempts: Type.Integer({ minimum: 1, maximum: 100, description: 'Calls in all, the first included' }),
    backoff: Type.Optional(Type.Enum(['constant', 'linear', 'exponential'], { default: 'exponential' })),
    delay: Type.Optional(Duration({ default: '500ms' })),
    maxDelay: Type.Optional(Duration({ default: '30s' })),
    jitter: Type.Optional(Type.Boolean({ default: true })),
    totalTimeout: Type.Optional(Duration()),
    on: Type.Optional(
      Type.Array(ErrorCodePattern(), {
        minItems: 1,
        description: 'Codes to retry; default: every error marked retryable',
      }),
    ),
  },
  { additionalProperties: false },
);
export type Retry = Static<typeof Retry>;

export const ErrorRoute = Type.Object({ code: ErrorCodePattern(), next: NodeRef() }, { additionalProperties: false });
export type ErrorRoute = Static<typeof ErrorRoute>;

/** Properties that every node may have, whatever its type. */
export const commonProperties = {
  type: Type.String(),
  title: Type.Optional(Text),
  note: Type.Optional(Type.String({ maxLength: 4000 })),
  next: Type.Optional(NodeRef()),
  onError: Type.Optional(Type.Array(ErrorRoute, { maxItems: 50 })),
};

/** A node as it stands in a document: common properties and, beside them, those of its type. */
export interface Node {
  readonly type: string;
  readonly title?: Text;
  readonly next?: string;
  readonly onError?: readonly ErrorRoute[];
  readonly [key: string]: Json | undefined;
}

export interface Scope {
  readonly start: string;
  readonly nodes: { readonly [id: string]: Node };
}

const identifier = { pattern: '^[a-z][a-z0-9-]*$', maxLength: 64 };

/** Everything of a flow but its nodes. */
export const flowProperties = {
  id: Type.String(identifier),
  title: Type.Optional(Text),
  description: Type.Optional(Text),
  mode: Type.Optional(Type.Enum(['durable', 'express'], { default: 'durable' })),
  input: Type.Optional(Type.Unsafe<JsonObject>(Type.Object({}, { description: 'JSON Schema of the input' }))),
  output: Type.Optional(Value({ description: 'The result; default: the output of the last node' })),
  triggers: Type.Optional(Type.Unsafe<readonly Trigger[]>(Type.Array(Trigger, { maxItems: 20 }))),
  businessKey: Type.Optional(Value()),
  idempotencyKey: Type.Optional(Value()),
  timeout: Type.Optional(Duration()),
  priority: Type.Optional(Type.Enum(['high', 'normal', 'low'], { default: 'normal' })),
  retention: Type.Optional(Duration()),
  owner: Type.Optional(Type.String({ maxLength: 200 })),
  tags: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 50 })),
  sensitive: Type.Optional(
    Type.Array(Type.String({ pattern: '^(/.*)?$', maxLength: 500 }), {
      maxItems: 200,
      description: 'JSON pointers into input and step outputs (`/steps/<node>/…`, `/input/…`) that history masks',
    }),
  ),
  layout: Type.Optional(
    Type.Unsafe<JsonObject>(Type.Object({}, { description: 'Positions, colours, notes: no meaning' })),
  ),
};

const FlowHead = Type.Object(flowProperties);
export type Flow = Readonly<Static<typeof FlowHead>> & Scope;

/** What `definition` needs to know of a node type; the registry of all node types satisfies it. */
export interface NodeShape {
  /** Schema of the properties beside the common ones. */
  readonly config: TSchema;
  /** True when the node calls, waits or otherwise lets time pass, so that a cycle through it does not spin. */
  readonly acts: boolean;
  /** True when it can hold a run longer than a request may last, or undo: refused in `express` flows. */
  readonly durableOnly: (config: JsonObject) => boolean;
  /** True when `next` is meaningless because the node always leaves elsewhere. */
  readonly noNext?: boolean;
  /** Names that `vars` gets when the node completes. */
  readonly setsVars?: (config: JsonObject) => readonly string[];
  /**
   * For containers: what holds of the scope at `path` once the node has completed normally. `certain`: it has run to
   * its end; `visible`: its nodes can be read by their own ids; `iterates`: it runs per item, with `item` and `index`.
   */
  readonly scopeRule?: (config: JsonObject, path: readonly (string | number)[]) => ScopeRule;
  /** More problems than the schema can tell; pointers are relative to the node. */
  readonly check?: (config: JsonObject) => readonly Problem[];
}
export interface ScopeRule {
  readonly certain: boolean;
  readonly visible: boolean;
  readonly iterates?: boolean;
}
export type NodeShapes = { readonly [type: string]: NodeShape };

const nodeMapSchema = (ref: JsonObject) => ({
  type: 'object',
  minProperties: 1,
  maxProperties: 500,
  propertyNames: { pattern: NODE_ID_PATTERN, maxLength: 64 },
  additionalProperties: ref,
});

const scopeSchema = (extra: JsonObject) => ({
  type: 'object',
  required: ['start', 'nodes'],
  additionalProperties: false,
  properties: {
    start: { type: 'string', pattern: NODE_ID_PATTERN },
    nodes: nodeMapSchema({ $ref: '#/$defs/node' }),
    ...extra,
  },
});

/** The JSON Schema 2020-12 document of a flow, with one definition per node type. */
export function flowSchema(shapes: NodeShapes): JsonObject {
  const plain = JSON.parse(
    JSON.stringify(Object.fromEntries(Object.entries(shapes).map(([type, shape]) => [type, nodeSchema(type, shape)]))),
  );
  const linkScopes = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(linkScopes);
    if (value === null || typeof value !== 'object') return value;
    const field = value as { 'x-heddle'?: string; 'x-branch'?: boolean };
    if (field['x-heddle'] === 'scope') return { $ref: field['x-branch'] ? '#/$defs/branch' : '#/$defs/scope' };
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, linkScopes(member)]));
  };
  const nodeRef = { $ref: '#/$defs/node' };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: '/schemas/flow.json',
    title: 'Heddle flow',
    type: 'object',
    required: ['id', 'start', 'nodes'],
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      ...JSON.parse(JSON.stringify(flowProperties)),
      start: { type: 'string', pattern: NODE_ID_PATTERN },
      nodes: nodeMapSchema(nodeRef),
    },
    $defs: {
      scope: scopeSchema({}),
      branch: scopeSchema({ if: { 'x-heddle': 'condition' }, title: JSON.parse(JSON.stringify(Text)) }),
      node: {
        type: 'object',
        required: ['type'],
        properties: { type: { enum: Object.keys(shapes) } },
        allOf: Object.keys(shapes).map((type) => ({
          if: { properties: { type: { const: type } }, required: ['type'] },
          then: { $ref: `#/$defs/${type}` },
        })),
      },
      ...(linkScopes(plain) as JsonObject),
    },
  };
}

/** The schema of one node: common properties, the literal type, and the type's own. */
export function nodeSchema(type: string, shape: NodeShape): TSchema {
  const own = shape.config as unknown as { properties: Record<string, TSchema>; required?: string[] };
  const { next, ...withoutNext } = commonProperties;
  return {
    type: 'object',
    additionalProperties: false,
    required: ['type', ...(own.required ?? [])],
    properties: { ...withoutNext, ...(shape.noNext ? {} : { next }), type: { const: type }, ...own.properties },
  } as unknown as TSchema;
}
