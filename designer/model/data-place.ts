import { type Field, fieldsOf, nodeSchema } from '@heddle/engine/definition/index';
import { type Json, type JsonObject, pointer } from '@heddle/engine/errors';
import { type AnyNodeType, nodeTypes } from '@heddle/engine/nodes/index';
import { isList, isObject } from './data-schema.ts';
import type { FlowDocument, NodeDraft, ScopeDraft } from './flow-document.ts';

/** Where a node stands in its flow. */
export interface NodePlace {
  readonly node: NodeDraft;
  /** JSON pointer of the node. */
  readonly pointer: string;
  readonly scope: ScopeDraft;
  /** The containers around it with the path of the scope in them, innermost first. */
  readonly around: readonly { readonly id: string; readonly path: Field['path'] }[];
}

const registry: { readonly [type: string]: AnyNodeType } = nodeTypes;

/** The node type of that name, or undefined for a name that is none. */
export const nodeTypeOf = (type: string): AnyNodeType | undefined =>
  Object.hasOwn(registry, type) ? registry[type] : undefined;

const fieldsByNode = new WeakMap<NodeDraft, readonly Field[]>();

/** The annotated fields that a node really has. A node of an unknown type has none. */
export function fieldsOfNode(node: NodeDraft): readonly Field[] {
  const known = fieldsByNode.get(node);
  if (known !== undefined) return known;
  const type = nodeTypeOf(node.type);
  // A node is JSON; its index type allows undefined only for members that are not there.
  const fields = type === undefined ? [] : fieldsOf(nodeSchema(node.type, type), node as unknown as Json);
  fieldsByNode.set(node, fields);
  return fields;
}

/** The nodes of a scope, without what is no node yet. */
export const nodesOf = (scope: ScopeDraft): readonly (readonly [id: string, node: NodeDraft])[] =>
  Object.entries(scope.nodes ?? {}).filter(([, node]) => isNode(node));

/** The scopes that a container holds, as far as they look like scopes. */
export function scopesOfNode(node: NodeDraft): readonly { readonly path: Field['path']; readonly scope: ScopeDraft }[] {
  return fieldsOfNode(node).flatMap(({ kind, path, value }) =>
    kind === 'scope' && isScope(value) ? [{ path, scope: value }] : [],
  );
}

// The nodes of a draft are checked one by one where they are read.
const isScope = (value: unknown): value is ScopeDraft => isObject(value) && isObject(value['nodes']);

const isNode = (value: unknown): value is NodeDraft => isObject(value) && typeof value['type'] === 'string';

const indexes = new WeakMap<FlowDocument, ReadonlyMap<string, NodePlace>>();

/** Every node of a flow with its place, by id. Worked out once per document. */
export function placesOf(document: FlowDocument): ReadonlyMap<string, NodePlace> {
  const known = indexes.get(document);
  if (known !== undefined) return known;
  const found = new Map<string, NodePlace>();
  const visit = (scope: ScopeDraft, at: string, around: NodePlace['around']) => {
    for (const [id, node] of nodesOf(scope)) {
      if (found.has(id)) continue;
      const here = at + pointer('nodes', id);
      found.set(id, { node, pointer: here, scope, around });
      for (const inner of scopesOfNode(node))
        visit(inner.scope, here + pointer(...inner.path), [{ id, path: inner.path }, ...around]);
    }
  };
  visit(document, '', []);
  indexes.set(document, found);
  return found;
}

/**
 * The flow with everything left out that would break those who trust its shape: nodes that are no nodes, scopes that are
 * no scopes. For working out what a draft means before it is right.
 */
export function tidied(document: FlowDocument): ScopeDraft {
  // Every node that is left is an object with a type.
  return tidyScope(document) as unknown as ScopeDraft;
}

function tidyScope(scope: unknown): JsonObject {
  const { start, nodes, ...rest } = isObject(scope) ? scope : ({} as JsonObject);
  const kept = Object.entries(isObject(nodes) ? nodes : {}).flatMap(([id, node]) =>
    isNode(node) ? [[id, tidyNode(node)] as const] : [],
  );
  return { ...rest, start: typeof start === 'string' ? start : '', nodes: Object.fromEntries(kept) };
}

function tidyNode(node: NodeDraft): JsonObject {
  let tidy: Json = node as unknown as JsonObject;
  for (const { kind, path, value } of fieldsOfNode(node))
    if (kind === 'scope') tidy = replaced(tidy, path, tidyScope(value));
  return tidy as JsonObject;
}

function replaced(value: Json, [key, ...rest]: readonly (string | number)[], part: Json): Json {
  if (key === undefined) return part;
  if (isList(value)) return value.map((item, index) => (index === key ? replaced(item, rest, part) : item));
  return isObject(value) ? { ...value, [key]: replaced(value[key] ?? null, rest, part) } : value;
}
