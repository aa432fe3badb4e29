import { type Json, type JsonObject, type Problem, pointer } from '../errors.ts';
import { pathsOf, pathsOfLogic } from '../expression/index.ts';
import { type Field, fieldsOf } from './fields.ts';
import { type Flow, type Node, type NodeShape, type NodeShapes, nodeSchema, type Scope } from './flow.ts';

/**
 * What may be and what must have been set when control reaches a point, by name: `steps.<id>` and `vars.<name>`.
 * `iterating`: inside a forEach, so that `item` and `index` exist.
 */
interface Known {
  readonly may: ReadonlySet<string>;
  readonly must: ReadonlySet<string>;
  readonly iterating: boolean;
}

/**
 * Checks that a well-formed flow cannot get stuck, spin, or read what was never written (FLOW.md §5, those checks that
 * need no service catalogue). Reachability and data flow are computed per scope, by iteration to a fixed point.
 */
export function soundness(flow: Flow, shapes: NodeShapes): Problem[] {
  const problems: Problem[] = [];
  const context: Context = { shapes, fields: new Map(), gains: new Map() };
  const root: Known = { may: new Set(), must: new Set(), iterating: false };
  checkScope(flow, '', root, context, problems);
  const end = gainOfScope(flow, context, true);
  problems.push(...readProblems({ value: flow.output, at: '/output', logic: false }, { ...root, ...end }, undefined));
  for (const key of ['businessKey', 'idempotencyKey'] as const) {
    problems.push(...readProblems({ value: flow[key], at: pointer(key), logic: false }, root, undefined));
  }
  if (flow.mode === 'express') problems.push(...expressProblems(flow, '', context));
  return problems;
}

/** What is worked out once per node or scope, so that the work grows with the size of the flow and not with its depth. */
interface Context {
  readonly shapes: NodeShapes;
  readonly fields: Map<Node, readonly Field[]>;
  readonly gains: Map<Scope, Gain>;
}

type Gain = Pick<Known, 'may' | 'must'>;

function fieldsIn(node: Node, { shapes, fields }: Context): readonly Field[] {
  const known = fields.get(node);
  if (known) return known;
  const shape = shapes[node.type];
  const found = shape ? fieldsOf(nodeSchema(node.type, shape), node as unknown as Json) : [];
  fields.set(node, found);
  return found;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  /** The node completed, so its output is set. */
  readonly completed: boolean;
}

function checkScope(scope: Scope, at: string, entry: Known, context: Context, problems: Problem[]): void {
  const { shapes } = context;
  const edges = Object.entries(scope.nodes).flatMap(([id, node]) => edgesOf(id, node, context));
  const reachable = closure([scope.start], neighbours(edges, 'from', 'to'));
  const leaves = Object.entries(scope.nodes)
    .filter(([, node]) => canLeave(node, shapes) || endsFlowInside(node, context))
    .map(([id]) => id);
  const finishing = closure(leaves, neighbours(edges, 'to', 'from'));
  for (const id of Object.keys(scope.nodes)) {
    const here = at + pointer('nodes', id);
    if (!reachable.has(id))
      problems.push({ pointer: here, code: 'unreachable', message: `no path leads to ${id}; connect it or remove it` });
    else if (!finishing.has(id))
      problems.push({
        pointer: here,
        code: 'no-end',
        message: `from ${id} no end can be reached; give the cycle an exit`,
      });
  }
  problems.push(...spinProblems(scope, at, edges, context));

  const before = knownBefore(scope, entry, edges, context);
  for (const [id, node] of Object.entries(scope.nodes)) {
    const known = before.get(id);
    if (known === undefined) continue;
    const gain = gainOf(id, node, context);
    const here = at + pointer('nodes', id);
    for (const field of fieldsIn(node, context)) {
      if (field.kind === 'scope') {
        const iterates = shapes[node.type]?.scopeRule?.(node as unknown as JsonObject, field.path).iterates === true;
        const inner = { ...known, iterating: known.iterating || iterates };
        checkScope(field.value as unknown as Scope, here + pointer(...field.path), inner, context, problems);
      }
      if (field.kind !== 'value' && field.kind !== 'condition') continue;
      const after = field.path[0] === 'compensate';
      const readable = after
        ? { ...known, may: union(known.may, gain.may), must: union(known.must, gain.must) }
        : known;
      problems.push(
        ...readProblems(
          { value: field.value, at: here + pointer(...field.path), logic: field.kind === 'condition' },
          readable,
          field.path[0],
        ),
      );
    }
  }
}

/** What is known before each node, by iteration to a fixed point. */
function knownBefore(scope: Scope, entry: Known, edges: readonly Edge[], context: Context): ReadonlyMap<string, Known> {
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
    const failed = { may, must: known.must, iterating: known.iterating };
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
function gainOfScope(scope: Scope, context: Context, isRoot = false): Gain {
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

/** A container holds an `end` of the whole flow: the run can end there, whatever follows the container. */
const endsFlowInside = (node: Node, context: Context): boolean =>
  fieldsIn(node, context).some(
    (field) =>
      field.kind === 'scope' &&
      Object.values((field.value as unknown as Scope).nodes).some(
        (inner) => (inner.type === 'end' && inner['scope'] === 'flow') || endsFlowInside(inner, context),
      ),
  );

function edgesOf(id: string, node: Node, context: Context): Edge[] {
  return fieldsIn(node, context)
    .filter((field) => field.kind === 'node')
    .map((field) => ({
      from: id,
      to: String(field.value),
      completed: field.path[0] !== 'onError' && field.path[0] !== 'catch',
    }));
}

/** True when the scope can end at this node. */
const canLeave = (node: Node, shapes: NodeShapes) =>
  node.type === 'fail' || node.type === 'end' || (node.next === undefined && shapes[node.type]?.noNext !== true);

/** Names that completing a node adds: its output, its variables, and what it lets out of the scopes inside it. */
function gainOf(id: string, node: Node, context: Context): Gain {
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
    for (const name of end.may) may.add(name);
    if (rule.certain) for (const name of end.must) must.add(name);
  }
  return { may, must };
}

function readProblems(
  read: { value: Json | undefined; at: string; logic: boolean },
  known: Known,
  section: string | number | undefined,
): Problem[] {
  if (read.value === undefined) return [];
  const uses = read.logic ? pathsOfLogic(read.value) : pathsOf(read.value);
  return uses.flatMap((use): Problem[] => {
    const [root, name] = use.path;
    const at = read.at + use.pointer;
    if ((root === 'item' || root === 'index') && !known.iterating)
      return [{ pointer: at, code: 'no-item', message: `\`${root}\` exists only inside a forEach` }];
    if (root === 'event' && section !== 'onUnknown' && section !== 'compensate')
      return [
        {
          pointer: at,
          code: 'no-event',
          message:
            '`event` exists only inside onUnknown and compensate; an event’s payload is the output of its node, steps.<id>',
        },
      ];
    if ((root !== 'steps' && root !== 'vars') || name === undefined) return [];
    const key = `${root}.${name}`;
    if (known.must.has(key) || use.hasDefault) return [];
    if (!known.may.has(key))
      return [
        {
          pointer: at,
          code: 'never-set',
          message: `${key} can never have been set here: no node before this one sets it`,
        },
      ];
    return [
      {
        pointer: at,
        code: 'maybe-unset',
        severity: 'warning',
        message: `${key} is not set on every path that leads here; give a default, {"var": ["${key}", null]}`,
      },
    ];
  });
}

/** Cycles in which no node lets time pass would spin for ever. */
function spinProblems(scope: Scope, at: string, edges: readonly Edge[], context: Context): Problem[] {
  const idle = new Set(Object.keys(scope.nodes).filter((id) => !acts(scope.nodes[id], context)));
  const idleEdges = onCycles(edges.filter((edge) => idle.has(edge.from) && idle.has(edge.to)));
  const next = neighbours(idleEdges, 'from', 'to');
  const candidates = new Set(idleEdges.map((edge) => edge.from));
  const spinning = Object.keys(scope.nodes).filter((id) => candidates.has(id) && closure(next(id), next).has(id));
  const first = spinning[0];
  if (first === undefined) return [];
  return [
    {
      pointer: at + pointer('nodes', first),
      code: 'spin',
      message: `the cycle through ${spinning.join(', ')} has neither call, wait nor event and would never rest; add one`,
    },
  ];
}

/** Takes away edges that begin where none ends or end where none begins, until the rest is cycles and what joins them. */
function onCycles(edges: readonly Edge[]): readonly Edge[] {
  const sources = new Set(edges.map((edge) => edge.from));
  const targets = new Set(edges.map((edge) => edge.to));
  const rest = edges.filter((edge) => targets.has(edge.from) && sources.has(edge.to));
  return rest.length === edges.length ? edges : onCycles(rest);
}

/** A container lets time pass if a node inside does: an approximation, the transition limit catches what it lets through. */
function acts(node: Node | undefined, context: Context): boolean {
  const shape = node && context.shapes[node.type];
  if (node === undefined || shape === undefined) return false;
  if (shape.acts) return true;
  return fieldsIn(node, context).some(
    (field) =>
      field.kind === 'scope' &&
      Object.values((field.value as unknown as Scope).nodes).some((inner) => acts(inner, context)),
  );
}

function expressProblems(scope: Scope, at: string, context: Context): Problem[] {
  return Object.entries(scope.nodes).flatMap(([id, node]) => {
    const shape = context.shapes[node.type] as NodeShape;
    const here = at + pointer('nodes', id);
    const config = node as unknown as JsonObject;
    const own: Problem[] = shape.durableOnly(config)
      ? [
          {
            pointer: here,
            code: 'express',
            message: `an express flow keeps no journal, so it cannot hold a ${node.type} that waits or undoes; set mode to durable`,
          },
        ]
      : [];
    const inner = fieldsIn(node, context).filter((field) => field.kind === 'scope');
    return [
      ...own,
      ...inner.flatMap((field) =>
        expressProblems(field.value as unknown as Scope, here + pointer(...field.path), context),
      ),
    ];
  });
}

function grouped(edges: readonly Edge[], by: 'from' | 'to'): ReadonlyMap<string, readonly Edge[]> {
  const found = new Map<string, Edge[]>();
  for (const edge of edges) {
    const list = found.get(edge[by]);
    if (list) list.push(edge);
    else found.set(edge[by], [edge]);
  }
  return found;
}

function neighbours(edges: readonly Edge[], by: 'from' | 'to', give: 'from' | 'to'): (id: string) => readonly string[] {
  const found = grouped(edges, by);
  return (id) => found.get(id)?.map((edge) => edge[give]) ?? [];
}

function closure(start: readonly string[], next: (id: string) => readonly string[]): Set<string> {
  const found = new Set(start);
  const queue = [...start];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const to of next(id)) {
      if (found.has(to)) continue;
      found.add(to);
      queue.push(to);
    }
  }
  return found;
}

const union = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): Set<T> => new Set([...a, ...b]);
const intersection = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): Set<T> => new Set([...a].filter((item) => b.has(item)));
