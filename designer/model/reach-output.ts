import type { Json, JsonObject } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import type { Catalogue } from './catalogue.ts';
import { inlineReferences } from './data-inline.ts';
import { nodesOf, nodeTypeOf, scopesOfNode } from './data-place.ts';
import { isList, isObject } from './data-schema.ts';
import type { NodeDraft, ScopeDraft } from './flow-document.ts';
import { inferSchema } from './infer-schema.ts';

/** What is needed to tell what a node puts out. */
export interface OutputContext {
  readonly catalogue: Catalogue;
  /** The schema of what a node puts out, by its id. */
  readonly output: (nodeId: string) => JsonSchema;
  /** The schema of a value as it stands at a node. */
  readonly value: (nodeId: string, value: Json | undefined) => JsonSchema;
}

const text = { type: 'string' };

/** The schema of what a node puts out when it completes; `{}` where that cannot be known. */
export function outputSchema(nodeId: string, node: NodeDraft, context: OutputContext): JsonSchema {
  switch (node.type) {
    case 'call':
      return responseSchema(node, context.catalogue);
    case 'parallel':
      return branchesSchema(node, context);
    case 'forEach':
      return { type: 'array', items: itemSchema(node, context) };
    case 'try':
      return anyOf(scopesOfNode(node).map(({ scope }) => scopeOutput(scope, context)));
    case 'set':
      return valuesSchema(nodeId, node['values'], context);
    case 'task':
      return taskSchema(node);
    case 'subflow':
      return node['wait'] === false ? { type: 'object', required: ['runId'], properties: { runId: text } } : {};
    case 'respond':
      return context.value(nodeId, node['body'] ?? null);
    default:
      return {};
  }
}

/** A node of this type never completes, so there is nothing to read of it. */
export const hasOutput = (node: NodeDraft): boolean => nodeTypeOf(node.type)?.noNext !== true;

function responseSchema(node: NodeDraft, catalogue: Catalogue): JsonSchema {
  const { service, operation } = node as { service?: unknown; operation?: unknown };
  const operations = typeof service === 'string' ? catalogue.get(service)?.operations : undefined;
  const found = operations && typeof operation === 'string' && Object.hasOwn(operations, operation);
  return found ? inlineReferences(operations[operation as string]?.response ?? {}) : {};
}

function branchesSchema(node: NodeDraft, context: OutputContext): JsonSchema {
  const branches = scopesOfNode(node).map(({ path, scope }) => ({ name: String(path.at(-1)), path, scope }));
  const rule = nodeTypeOf(node.type)?.scopeRule;
  return {
    type: 'object',
    required: branches
      .filter(({ path }) => rule?.(node as unknown as JsonObject, path).certain)
      .map(({ name }) => name),
    properties: Object.fromEntries(branches.map(({ name, scope }) => [name, scopeOutput(scope, context)])),
  };
}

function itemSchema(node: NodeDraft, context: OutputContext): JsonSchema {
  const items = anyOf(scopesOfNode(node).map(({ scope }) => scopeOutput(scope, context)));
  if (node['onItemError'] !== 'collect') return items;
  const error = { type: 'object', required: ['code', 'message'], properties: { code: text, message: text } };
  return anyOf([items, { type: 'object', required: ['error'], properties: { error } }]);
}

/** What a scope puts out: what its ends say, else the output of the node that was last. */
function scopeOutput(scope: ScopeDraft, context: OutputContext): JsonSchema {
  const last = nodesOf(scope).flatMap(([id, node]): JsonSchema[] => {
    if (node.type === 'end') {
      if (node['scope'] === 'flow') return [];
      return node['output'] === undefined ? [{}] : [context.value(id, node['output'])];
    }
    return node['next'] === undefined && hasOutput(node) ? [context.output(id)] : [];
  });
  return anyOf(last);
}

export function anyOf(schemas: readonly JsonSchema[]): JsonSchema {
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
  const [only] = distinct;
  if (distinct.length <= 1) return only ?? {};
  return distinct.some((schema) => isObject(schema) && Object.keys(schema).length === 0) ? {} : { anyOf: distinct };
}

function valuesSchema(nodeId: string, values: Json | undefined, context: OutputContext): JsonSchema {
  const named = Object.entries(isObject(values) ? values : {});
  return {
    type: 'object',
    required: named.map(([name]) => name),
    properties: Object.fromEntries(named.map(([name, value]) => [name, context.value(nodeId, value)])),
  };
}

function taskSchema(node: NodeDraft): JsonSchema {
  const { form, actions } = node;
  const ids = isList(actions) ? actions.flatMap((action) => (isObject(action) ? (action['id'] ?? []) : [])) : ['done'];
  const action = { type: 'string', ...(ids.length === 0 ? {} : { enum: ids }) };
  const data: JsonSchema = isObject(form) && !('$' in form) ? inlineReferences(form) : {};
  const response = {
    type: 'object',
    required: ['by', 'action', 'data', 'at'],
    properties: { by: text, action, data, at: { type: 'integer' } },
  };
  return {
    type: 'object',
    required: ['action', 'data', 'by', 'responses'],
    properties: { action, data, by: text, responses: { type: 'array', items: response } },
  };
}

/** What a literal is, as a schema; of an object with expressions inside, each part by itself. */
export function literalSchema(value: Json, part: (value: Json) => JsonSchema): JsonSchema {
  if (!isObject(value)) return isList(value) ? { type: 'array', items: anyOf(value.map(part)) } : inferSchema(value);
  return {
    type: 'object',
    required: Object.keys(value),
    properties: Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, part(inner)])),
  };
}
