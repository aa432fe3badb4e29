import type { Json, JsonObject } from '../errors.ts';
import { type Field, fieldsOf } from './fields.ts';
import { type Node, type NodeShapes, nodeSchema, type Scope } from './flow.ts';

/**
 * What may be and what must have been set when control reaches a point, by name: `steps.<id>`, `vars.<name>`, and
 * `error` behind an error route. `iterating`: inside a forEach, so that `item` and `index` exist.
 */
export interface Known {
  readonly may: ReadonlySet<string>;
  readonly must: ReadonlySet<string>;
  readonly iterating: boolean;
}

/** What is worked out once per node or scope, so that the work grows with the size of the flow and not with its depth. */
export interface Context {
  readonly shapes: NodeShapes;
  readonly fields: Map<Node, readonly Field[]>;
  readonly gains: Map<Scope, Gain>;
}

export type Gain = Pick<Known, 'may' | 'must'>;

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** The node completed, so its output is set. */
  readonly completed: boolean;
}

export function fieldsIn(node: Node, { shapes, fields }: Context): readonly Field[] {
  const known = fields.get(node);
  if (known) return known;
  const shape = shapes[node.type];
  const found = shape ? fieldsOf(nodeSchema(node.type, shape), node as unknown as Json) : [];
  fields.set(node, found);
  return found;
}

/** What is known before each node, by iteration to a fixed point. */
export function knownBefore(
  scope: Scope,
  entry: Known,
  edges: readonly Edge[],
  context: Context,
): ReadonlyMap<string, Known> {
  const leaving = grouped(edges, 'from');
  const before = new Map<string, Known>([[scope.start, entry]]);
  const queue = new Set([scope.start]);
  for (const id of queue) {
    queue.delete(id);
    const node = scope.nodes[id];
    const known = before.get(id);
    if (node === undefined || known === undefined) continue;
    const gain = gainOf(id, node, context);
    const may = union(known.may, gain.may);
    const done = { may, must: union(known.must, gain.must), iterating: known.iterating };
    const caught = new Set(['error']);
    const failed = { may: union(may, caught), must: union(known.must, caught), iterating: known.iterating };
    for (const edge of leaving.get(id) ?? []) {
      const after = edge.completed ? done : failed;
      const old = before.get(edge.to);
      const merged =
        old === undefined
          ? after
          : { ...after, may: union(old.may, after.may), must: intersection(old.must, after.must) };
      if (old === undefined || merged.may.size !== old.may.size || merged.must.size !== old.must.size) {
        before.set(edge.to, merged);
        queue.add(edge.to);
      }
    }
  }
  return before;
}

/**
 * What has been set once a scope has ended, beside what was set before it. Nothing is ever unset, so this does not
 * depend on what was known on entry and is worked out once.
 *
 * @param isRoot an end with its own result then leaves by itself: the flow's `output` is not evaluated there
 */
export function gainOfScope(scope: Scope, context: Context, isRoot = false): Gain {
  const cached = context.gains.get(scope);
  if (cached) return cached;
  const edges = Object.entries(scope.nodes).flatMap(([id, node]) => edgesOf(id, node, context));
  const nothing: Known = { may: new Set(), must: new Set(), iterating: false };
  let ending: Gain | undefined;
  for (const [id, known] of knownBefore(scope, nothing, edges, context)) {
    const node = scope.nodes[id];
    if (node === undefined || node.type === 'fail' || !canLeave(node, context.shapes)) continue;
    if (node.type === 'end' && (node['scope'] === 'flow' || (isRoot && endsElsewhere(node)))) continue;
    const gain = gainOf(id, node, context);
    const after = { may: union(known.may, gain.may), must: union(known.must, gain.must) };
    ending =
      ending === undefined ? after : { may: union(ending.may, after.may), must: intersection(ending.must, after.must) };
  }
  const gain = ending ?? nothing;
  context.gains.set(scope, gain);
  return gain;
}

/** An `end` that says its own result: the flow's `output` is not evaluated there. */
const endsElsewhere = (node: Node) => node['output'] !== undefined || node['outcome'] !== undefined;

export function edgesOf(id: string, node: Node, context: Context): Edge[] {
  return fieldsIn(node, context)
    .filter((field) => field.kind === 'node')
    .map((field) => ({
      from: id,
      to: String(field.value),
      completed: field.path[0] !== 'onError' && field.path[0] !== 'catch',
    }));
}

/** True when the scope can end at this node. */
export const canLeave = (node: Node, shapes: NodeShapes) =>
  node.type === 'fail' || node.type === 'end' || (node.next === undefined && shapes[node.type]?.noNext !== true);

/** Names that completing a node adds: its output, its variables, and what it lets out of the scopes inside it. */
export function gainOf(id: string, node: Node, context: Context): Gain {
  const shape = context.shapes[node.type];
  const may = new Set<string>([`steps.${id}`]);
  const must = new Set<string>([`steps.${id}`]);
  if (shape === undefined) return { may, must };
  const config = node as unknown as JsonObject;
  for (const name of shape.setsVars?.(config) ?? []) {
    may.add(`vars.${name}`);
    must.add(`vars.${name}`);
  }
  for (const field of fieldsIn(node, context)) {
    if (field.kind !== 'scope') continue;
    const rule = shape.scopeRule?.(config, field.path) ?? { certain: false, visible: false };
    if (!rule.visible) continue;
    const end = gainOfScope(field.value as unknown as Scope, context);
    // An error that was handled inside a scope is not seen outside of it.
    for (const name of end.may) if (name !== 'error') may.add(name);
    if (rule.certain) for (const name of end.must) if (name !== 'error') must.add(name);
  }
  return { may, must };
}

/**
 * What can be read at every node of a flow and at its end, for those who help to write it. A node that nothing leads to
 * sees what its scope begins with. Scopes need an object of nodes; beyond that the flow may be unfinished.
 */
export function knownInFlow(
  flow: Scope,
  shapes: NodeShapes,
): { readonly before: ReadonlyMap<string, Known>; readonly end: Gain } {
  const context: Context = { shapes, fields: new Map(), gains: new Map() };
  const before = new Map<string, Known>();
  const visit = (scope: Scope, entry: Known) => {
    const edges = Object.entries(scope.nodes).flatMap(([id, node]) => edgesOf(id, node, context));
    const known = knownBefore(scope, entry, edges, context);
    for (const [id, node] of Object.entries(scope.nodes)) {
      const here = known.get(id) ?? entry;
      before.set(id, here);
      for (const field of fieldsIn(node, context)) {
        if (field.kind !== 'scope') continue;
        visit(field.value as unknown as Scope, { ...here, iterating: here.iterating || iterates(node, field, shapes) });
      }
    }
  };
  visit(flow, { may: new Set(), must: new Set(), iterating: false });
  return { before, end: gainOfScope(flow, context, true) };
}

/** Whether a scope runs per item, with `item` and `index`. */
export const iterates = (node: Node, field: Field, shapes: NodeShapes): boolean =>
  shapes[node.type]?.scopeRule?.(node as unknown as JsonObject, field.path).iterates === true;

export function grouped(edges: readonly Edge[], by: 'from' | 'to'): ReadonlyMap<string, readonly Edge[]> {
  const found = new Map<string, Edge[]>();
  for (const edge of edges) {
    const list = found.get(edge[by]);
    if (list) list.push(edge);
    else found.set(edge[by], [edge]);
  }
  return found;
}

export const union = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): Set<T> => new Set([...a, ...b]);
const intersection = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): Set<T> => new Set([...a].filter((item) => b.has(item)));
