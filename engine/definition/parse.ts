import { utf8ToBytes } from '@noble/hashes/utils.js';
import Type, { type TSchema } from 'typebox';
import { Errors } from 'typebox/schema';
import { type Json, type JsonObject, type Problem, pointer } from '../errors.ts';
import { checkLogic, checkValue, parseDuration, pathsOf } from '../expression/index.ts';
import { fieldsOf, NODE_ID_PATTERN } from './fields.ts';
import { type Flow, flowProperties, type Node, type NodeShapes, nodeSchema, Text } from './flow.ts';
import { soundness } from './graph.ts';
import { findSecrets } from './secrets.ts';
import { eventValues, triggerShapes } from './trigger.ts';

/** Bounds of a definition. */
export interface DefinitionLimits {
  readonly maxNodes: number;
  readonly maxBytes: number;
  /** Objects and arrays within each other. */
  readonly maxDepth: number;
}

export const definitionLimits: DefinitionLimits = { maxNodes: 500, maxBytes: 1_048_576, maxDepth: 64 };

export type Parsed =
  | { readonly ok: true; readonly flow: Flow; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads a flow definition. Returns all problems at once, each with a JSON pointer, a code and a way to mend it.
 * Shape comes first; soundness (reachability, data flow, joins) is checked only where the shape holds.
 *
 * @param document any JSON value, for instance what `readJson` made of a request's body
 * @param shapes the registry of node types
 * @param limits default: those promised
 */
export function parse(document: Json, shapes: NodeShapes, limits: DefinitionLimits = definitionLimits): Parsed {
  const problems: Problem[] = [];
  if (!isObject(document)) {
    return { ok: false, problems: [{ pointer: '', code: 'type', message: 'a flow is a JSON object' }] };
  }
  if (isDeeper(document, limits.maxDepth)) {
    const message = `a definition nests at most ${limits.maxDepth} deep; move parts into sub-flows`;
    return { ok: false, problems: [{ pointer: '', code: 'too-deep', message }] };
  }
  if (utf8ToBytes(JSON.stringify(document)).length > limits.maxBytes) {
    return {
      ok: false,
      problems: [
        {
          pointer: '',
          code: 'too-large',
          message: `a definition has at most ${limits.maxBytes} bytes; move parts into sub-flows`,
        },
      ],
    };
  }
  problems.push(...shapeProblems(headSchema, document, ''));
  for (const key of ['businessKey', 'idempotencyKey', 'output'] as const) {
    if (document[key] !== undefined) problems.push(...checkValue(document[key], pointer(key)));
  }
  for (const key of ['timeout', 'retention'] as const) {
    if (typeof document[key] === 'string' && !problems.some((problem) => problem.pointer === pointer(key)))
      problems.push(...durationProblems(document[key], pointer(key)));
  }
  if (Array.isArray(document['triggers'])) {
    const express = document['mode'] === 'express';
    for (const [index, trigger] of (document['triggers'] as readonly Json[]).entries())
      if (isObject(trigger)) problems.push(...triggerProblems(trigger, pointer('triggers', index), express));
  }
  const seen = new Map<string, string>();
  problems.push(...scopeProblems(document, '', shapes, seen, 0));
  if (seen.size > limits.maxNodes) {
    problems.push({
      pointer: '/nodes',
      code: 'too-many-nodes',
      message: `a flow has at most ${limits.maxNodes} nodes, this has ${seen.size}; move parts into sub-flows`,
    });
  }
  if (problems.length > 0) return { ok: false, problems };
  const flow = document as unknown as Flow;
  const found = [...soundness(flow, shapes), ...findSecrets(document)];
  const errors = found.filter((problem) => problem.severity !== 'warning');
  if (errors.length > 0) return { ok: false, problems: found };
  return { ok: true, flow, warnings: found };
}

/** Asked first, because everything that follows walks the document and would run out of stack. */
function isDeeper(value: Json, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return levels === 0 || Object.values(value).some((member: Json) => isDeeper(member, levels - 1));
}

const headSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    ...flowProperties,
    // Each by its own type, below: a union says of everything that it fits none.
    triggers: Type.Optional(Type.Array(Type.Object({}), { maxItems: 20 })),
    start: Type.String(),
    nodes: Type.Object({}),
  },
  { additionalProperties: false },
);

function triggerProblems(trigger: JsonObject, at: string, express: boolean): Problem[] {
  const { type } = trigger;
  if (typeof type !== 'string' || !Object.hasOwn(triggerShapes, type)) {
    const message = `is no kind of trigger; use one of ${Object.keys(triggerShapes).join(', ')}`;
    return [{ pointer: `${at}/type`, code: 'unknown-type', message }];
  }
  const problems = shapeProblems(triggerShapes[type as keyof typeof triggerShapes], trigger, at);
  if (problems.length > 0) return problems;
  if (typeof trigger['wait'] === 'string') problems.push(...durationProblems(trigger['wait'], `${at}/wait`));
  if (type === 'http') return problems;
  if (express && trigger['signal'] === undefined) {
    const message = 'an express run leaves no trace, so a message could be lost with it; make the flow durable';
    problems.push({ pointer: at, code: 'durable-only', message });
  }
  for (const [path, value] of eventValues(trigger)) {
    const here = at + path;
    problems.push(...checkValue(value, here));
    for (const use of pathsOf(value)) {
      if (use.path[0] === 'event') continue;
      const message = `a trigger sees only \`event\` (payload, key, topic, id, headers), not \`${use.path.join('.')}\``;
      problems.push({ pointer: here + use.pointer, code: 'unknown-path', message });
    }
  }
  return problems;
}

function scopeProblems(
  scope: JsonObject,
  at: string,
  shapes: NodeShapes,
  seen: Map<string, string>,
  depth: number,
  isBranch = false,
): Problem[] {
  if (depth > 16) return [{ pointer: at, code: 'too-deep', message: 'scopes nest at most 16 deep; use a sub-flow' }];
  const nodes = scope['nodes'];
  if (!isObject(nodes))
    return at === ''
      ? []
      : [{ pointer: `${at}/nodes`, code: 'required', message: 'a scope needs `nodes`: an object of nodes by id' }];
  const problems: Problem[] = [];
  if (at !== '') {
    for (const key of Object.keys(scope)) {
      if (key !== 'start' && key !== 'nodes' && !(isBranch && (key === 'if' || key === 'title')))
        problems.push({
          pointer: at + pointer(key),
          code: 'unknown-property',
          message: `a scope has no property ${JSON.stringify(key)}`,
        });
    }
  }
  if (isBranch && scope['title'] !== undefined) problems.push(...shapeProblems(Text, scope['title'], `${at}/title`));
  const start = scope['start'];
  if (typeof start !== 'string' || !Object.hasOwn(nodes, start)) {
    problems.push({
      pointer: `${at}/start`,
      code: 'unknown-node',
      message: 'names no node of this scope; give the id of the first node',
    });
  }
  for (const [id, node] of Object.entries(nodes)) {
    const here = at + pointer('nodes', id);
    if (!new RegExp(NODE_ID_PATTERN).test(id) || id.length > 64) {
      problems.push({
        pointer: here,
        code: 'node-id',
        message: 'a node id matches [a-z][a-zA-Z0-9-]* and has at most 64 characters',
      });
    }
    const other = seen.get(id);
    if (other !== undefined)
      problems.push({
        pointer: here,
        code: 'duplicate-id',
        message: `id ${id} is also used at ${other}; ids are unique in the whole flow`,
      });
    else seen.set(id, here);
    problems.push(...nodeProblems(node, nodes, here, shapes, seen, depth));
  }
  return problems;
}

function nodeProblems(
  node: Json,
  siblings: JsonObject,
  at: string,
  shapes: NodeShapes,
  seen: Map<string, string>,
  depth: number,
): Problem[] {
  if (!isObject(node)) return [{ pointer: at, code: 'type', message: 'a node is a JSON object' }];
  const type = node['type'];
  const shape = typeof type === 'string' && Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  if (typeof type !== 'string' || shape === undefined) {
    return [
      {
        pointer: `${at}/type`,
        code: 'unknown-type',
        message: `is no node type; use one of ${Object.keys(shapes).join(', ')}`,
      },
    ];
  }
  const schema = nodeSchema(type, shape);
  const problems = shapeProblems(schema, node, at);
  const isWellFormed = problems.length === 0;
  const told = new Set(problems.map((problem) => problem.pointer));
  for (const field of fieldsOf(schema, node)) {
    const here = at + pointer(...field.path);
    if (told.has(here)) continue;
    if (field.kind === 'value') problems.push(...checkValue(field.value, here));
    else if (field.kind === 'condition') problems.push(...checkLogic(field.value, here));
    else if (field.kind === 'duration' && typeof field.value === 'string')
      problems.push(...durationProblems(field.value, here));
    else if (field.kind === 'node' && !Object.hasOwn(siblings, String(field.value))) {
      problems.push({
        pointer: here,
        code: 'unknown-node',
        message: `${JSON.stringify(field.value)} is no node of the same scope`,
      });
    } else if (field.kind === 'scope' && isObject(field.value)) {
      problems.push(...scopeProblems(field.value, here, shapes, seen, depth + 1, field.path[0] === 'branches'));
    }
  }
  const own = isWellFormed ? (shape.check?.(node) ?? []) : [];
  return [...problems, ...own.map((problem) => ({ ...problem, pointer: at + problem.pointer }))];
}

function durationProblems(text: string, at: string): Problem[] {
  if (parseDuration(text) !== undefined) return [];
  return [
    {
      pointer: at,
      code: 'duration',
      message: `${JSON.stringify(text)} is no duration; write 90s, 800ms, 5m, 2h, 3d or ISO 8601 such as PT1H30M`,
    },
  ];
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: object;
  readonly message: string;
}

/** What does not fit a schema, in words that say how to mend it. */
export function shapeProblems(schema: TSchema, value: unknown, at: string): Problem[] {
  const [valid, errors] = Errors(schema, value) as [boolean, SchemaError[]];
  if (valid) return [];
  const unions = errors.filter((error) => error.keyword === 'anyOf').map((error) => error.schemaPath);
  const insideUnion = (error: SchemaError) => unions.some((path) => error.schemaPath.startsWith(`${path}/anyOf`));
  return errors.filter((error) => !insideUnion(error)).flatMap((error) => describe(error, at));
}

function describe(error: SchemaError, at: string): Problem[] {
  const here = at + error.instancePath;
  const params = error.params as { requiredProperties?: string[]; allowedValues?: unknown[] };
  switch (error.keyword) {
    case 'required':
      return (params.requiredProperties ?? []).map((name) => ({
        pointer: here,
        code: 'required',
        message: `needs the property \`${name}\``,
      }));
    case 'boolean':
      return [
        {
          pointer: here,
          code: 'unknown-property',
          message: 'is no known property here; remove it or check its spelling',
        },
      ];
    case 'additionalProperties':
      return [];
    case 'enum':
      return [
        {
          pointer: here,
          code: 'enum',
          message: `${error.message}${params.allowedValues ? `: ${params.allowedValues.join(', ')}` : ''}`,
        },
      ];
    default:
      return [{ pointer: here, code: error.keyword, message: error.message }];
  }
}

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

export type { Node };
