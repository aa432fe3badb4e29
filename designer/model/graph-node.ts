import { type Field, fieldsOf, nodeSchema } from '@heddle/engine/definition/index';
import type { Json } from '@heddle/engine/errors';
import { type AnyNodeType, nodeTypes } from '@heddle/engine/nodes/index';
import type { NodeDraft } from './flow-document.ts';

export type Path = readonly (string | number)[];

/** A way out of a node that an edge may leave by. */
export interface Exit {
  /** JSON pointer within the node to the field that names the next node: `/next`, `/when/0/next`, `/onError/1/next`. */
  readonly pointer: string;
  readonly path: Path;
  /** The named node, whether it exists or not. Undefined: the exit is open. */
  readonly target: string | undefined;
  /** `option`: one of a list, taken when its condition holds. `error`: taken by errors with a code. */
  readonly kind: 'next' | 'option' | 'otherwise' | 'error';
  /** What stands beside the name in the document: `{ if, title }` or `{ code }`; undefined where nothing does. */
  readonly item: { readonly [property: string]: Json } | undefined;
}

/** A place in a node that holds a scope: a branch of a parallel, `do` of a forEach. */
export interface ScopePlace {
  readonly path: Path;
  /** One of many, by name; else the node has just this one under this property. */
  readonly isBranch: boolean;
}

/** What the canvas needs to know of a node's type, read from its schema, so that a new type needs nothing here. */
export interface NodeParts {
  /** Undefined for a type that is not known. */
  readonly type: AnyNodeType | undefined;
  readonly exits: readonly Exit[];
  readonly scopes: readonly ScopePlace[];
  readonly isContainer: boolean;
  /** The property that holds branches by name, for types that have branches. */
  readonly branches: string | undefined;
  /** The lists to which options can be added, and those to which routes for errors can; a type's own come first. */
  readonly lists: { readonly option: readonly string[]; readonly error: readonly string[] };
}

interface SchemaNode {
  readonly type?: string;
  readonly 'x-heddle'?: string;
  readonly 'x-branch'?: boolean;
  readonly items?: SchemaNode;
  readonly properties?: { readonly [property: string]: SchemaNode };
  readonly patternProperties?: { readonly [pattern: string]: SchemaNode };
}

/** The type's entry in the registry; undefined for anything else, such as a name from `Object.prototype`. */
export function typeOf(type: unknown): AnyNodeType | undefined {
  return typeof type === 'string' && Object.hasOwn(nodeTypes, type)
    ? nodeTypes[type as keyof typeof nodeTypes]
    : undefined;
}

const schemas = new Map<string, ReturnType<typeof nodeSchema>>();

/** The schema of a node of this type, common properties included. */
export function schemaOf(type: string): ReturnType<typeof nodeSchema> | undefined {
  const known = schemas.get(type);
  if (known) return known;
  const shape = typeOf(type);
  if (!shape) return undefined;
  const schema = nodeSchema(type, shape);
  schemas.set(type, schema);
  return schema;
}

/** Every annotated field that a node has; none for a node that is no object or whose type is unknown. */
export function fieldsIn(node: NodeDraft): readonly Field[] {
  const schema = isRecord(node) ? schemaOf(node.type) : undefined;
  return schema ? fieldsOf(schema, asJson(node)) : [];
}

const parts = new WeakMap<NodeDraft, NodeParts>();
const unknown: NodeParts = {
  type: undefined,
  exits: [],
  scopes: [],
  isContainer: false,
  branches: undefined,
  lists: { option: [], error: [] },
};

/** Exits and scopes of a node. Worked out once for each state of a node; never throws, whatever the draft holds. */
export function partsOf(node: NodeDraft): NodeParts {
  if (!isRecord(node)) return unknown;
  const known = parts.get(node);
  if (known) return known;
  const made = read(node);
  parts.set(node, made);
  return made;
}

function read(node: NodeDraft): NodeParts {
  const type = typeOf(node.type);
  const schema = schemaOf(node.type) as SchemaNode | undefined;
  if (!type || !schema) return { ...unknown, exits: exitsIn(plainSchema, asJson(node), []) };
  const found = exitsIn(schema, asJson(node), []);
  const exits = [...found.filter((exit) => exit.kind !== 'error'), ...found.filter((exit) => exit.kind === 'error')];
  return { type, exits, scopes: scopesIn(schema, node), ...typePartsOf(schema) };
}

/** A node of an unknown type still leads somewhere. */
const plainSchema: SchemaNode = { properties: { next: { 'x-heddle': 'node' } } };

function exitsIn(schema: SchemaNode, value: Json | undefined, path: Path): Exit[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((item: Json, index) => exitsIn(items, item, [...path, index])) : [];
  }
  const properties = schema.properties ?? {};
  const owner = isRecord(value) ? value : undefined;
  const inItem = path.length > 0;
  // An item that is no object is nothing that an exit could be written into.
  if (inItem && owner === undefined) return [];
  return Object.entries(properties).flatMap(([name, member]): Exit[] => {
    const inner = owner && Object.hasOwn(owner, name) ? owner[name] : undefined;
    if (member['x-heddle'] !== 'node') {
      return member.items || (member.properties && !member['x-heddle']) ? exitsIn(member, inner, [...path, name]) : [];
    }
    const at = [...path, name];
    const target = typeof inner === 'string' && inner !== '' ? inner : undefined;
    const kind = !inItem ? (name === 'next' ? 'next' : 'otherwise') : properties['code'] ? 'error' : 'option';
    return [{ pointer: pointerOf(at), path: at, target, kind, item: inItem ? owner : undefined }];
  });
}

function typePartsOf(schema: SchemaNode): Pick<NodeParts, 'isContainer' | 'branches' | 'lists'> {
  const members = Object.entries(schema.properties ?? {});
  const branches = members.find(([, member]) => isScope(branchIn(member)))?.[0];
  const lists = members.flatMap(([name, { items }]) => {
    const inItem = items?.properties ?? {};
    const leads = Object.values(inItem).some((field) => field['x-heddle'] === 'node');
    return leads ? [{ name, kind: inItem['code'] ? 'error' : 'option' }] : [];
  });
  const named = (kind: string) => lists.flatMap((list) => (list.kind === kind ? [list.name] : [])).reverse();
  return {
    isContainer: branches !== undefined || members.some(([, member]) => isScope(member)),
    branches,
    lists: { option: named('option'), error: named('error') },
  };
}

function scopesIn(schema: SchemaNode, node: NodeDraft): ScopePlace[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]): ScopePlace[] => {
    if (isScope(member)) return [{ path: [name], isBranch: false }];
    const branches = node[name];
    if (!isScope(branchIn(member)) || !isRecord(branches)) return [];
    return Object.keys(branches).map((branch) => ({ path: [name, branch], isBranch: true }));
  });
}

const isScope = (schema: SchemaNode | undefined): boolean => schema?.['x-heddle'] === 'scope';
const branchIn = (schema: SchemaNode): SchemaNode | undefined => Object.values(schema.patternProperties ?? {})[0];

export function isRecord(value: unknown): value is { readonly [property: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A draft is read from JSON and written as JSON; only its absent properties are typed otherwise. */
export const asJson = (draft: unknown): Json => draft as Json;

export function pointerOf(path: Path): string {
  return path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
