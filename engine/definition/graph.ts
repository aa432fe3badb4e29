import { type Json, type JsonObject, type Problem, pointer } from '../errors.ts';
import { pathsOf, pathsOfLogic } from '../expression/index.ts';
import { fieldsOf } from './fields.ts';
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
  const root: Known = { may: new Set(), must: new Set(), iterating: false };
  const end = checkScope(flow, '', root, shapes, problems);
  problems.push(...readProblems({ value: flow.output, at: '/output', logic: false }, { ...root, ...end }, undefined));
  for (const key of ['businessKey', 'idempotencyKey'] as const) {
    problems.push(...readProblems({ value: flow[key], at: pointer(key), logic: false }, root, undefined));
  }
  if (flow.mode === 'express') problems.push(...expressProblems(flow, '', shapes));
  return problems;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  /** The node completed, so its output is set. */
  readonly completed: boolean;
}

function checkScope(
  scope: Scope,
  at: string,
  entry: Known,
  shapes: NodeShapes,
  problems: Problem[],
): Pick<Known, 'may' | 'must'> {
  const edges = Object.entries(scope.nodes).flatMap(([id, node]) => edgesOf(id, node, shapes));
  const reachable = closure([scope.start], (id) => edges.filter((edge) => edge.from === id).map((edge) => edge.to));
  const leaves = Object.entries(scope.nodes)
    .filter(([, node]) => canLeave(node, shapes))
    .map(([id]) => id);
  const finishing = closure(leaves, (id) => edges.filter((edge) => edge.to === id).map((edge) => edge.from));
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
  problems.push(...spinProblems(scope, at, edges, shapes));

  const before = new Map<string, Known>([[scope.start, entry]]);
  const gains = new Map<string, { may: Set<string>; must: Set<string> }>();
  const queue = [scope.start];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const node = scope.nodes[id];
    const known = before.get(id);
    if (node === undefined || known === undefined) continue;
    // Problems inside containers are collected in a second pass, once `before` is final.
    const gain = gainOf(id, node, at, known, shapes, []);
    gains.set(id, gain);
    for (const edge of edges.filter((candidate) => candidate.from === id)) {
      const after = edge.completed
        ? { may: union(known.may, gain.may), must: union(known.must, gain.must), iterating: known.iterating }
        : { may: union(known.may, gain.may), must: known.must, iterating: known.iterating };
      const old = before.get(edge.to);
      const merged =
        old === undefined
          ? after
          : { may: union(old.may, after.may), must: intersection(old.must, after.must), iterating: after.iterating };
      if (old === undefined || merged.may.size !== old.may.size || merged.must.size !== old.must.size) {
        before.set(edge.to, merged);
        queue.push(edge.to);
      }
    }
  }

  let ending: Pick<Known, 'may' | 'must'> | undefined;
  for (const [id, node] of Object.entries(scope.nodes)) {
    const known = before.get(id);
    const shape = shapes[node.type];
    if (known === undefined || shape === undefined) continue;
    const gain = gainOf(id, node, at, known, shapes, problems);
    const here = at + pointer('nodes', id);
    for (const field of fieldsOf(nodeSchema(node.type, shape), node as unknown as Json)) {
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
    if (node.type === 'fail' || endsElsewhere(node) || !canLeave(node, shapes)) continue;
    const after = { may: union(known.may, gain.may), must: union(known.must, gain.must) };
    ending =
      ending === undefined ? after : { may: union(ending.may, after.may), must: intersection(ending.must, after.must) };
  }
  return ending ?? { may: new Set(), must: new Set() };
}

/** An `end` that says its own result: the flow's `output` is not evaluated there. */
const endsElsewhere = (node: Node) =>
  node.type === 'end' && (node['output'] !== undefined || node['outcome'] !== undefined || node['scope'] === 'flow');

function edgesOf(id: string, node: Node, shapes: NodeShapes): Edge[] {
  const shape = shapes[node.type];
  if (shape === undefined) return [];
  return fieldsOf(nodeSchema(node.type, shape), node as unknown as Json)
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
function gainOf(id: string, node: Node, at: string, known: Known, shapes: NodeShapes, problems: Problem[]) {
  const shape = shapes[node.type];
  const gain = { may: new Set<string>([`steps.${id}`]), must: new Set<string>([`steps.${id}`]) };
  if (shape === undefined) return gain;
  const config = node as unknown as JsonObject;
  for (const name of shape.setsVars?.(config) ?? []) {
    gain.may.add(`vars.${name}`);
    gain.must.add(`vars.${name}`);
  }
  for (const field of fieldsOf(nodeSchema(node.type, shape), config)) {
    if (field.kind !== 'scope') continue;
    const rule = shape.scopeRule?.(config, field.path) ?? { certain: false, visible: false };
    const inner = { ...known, iterating: known.iterating || rule.iterates === true };
    const scopeAt = at + pointer('nodes', id, ...field.path);
    const scope = field.value as unknown as Scope & { if?: Json };
    const end = checkScope(scope, scopeAt, inner, shapes, problems);
    if (!rule.visible) continue;
    for (const name of end.may) gain.may.add(name);
    if (rule.certain) for (const name of end.must) gain.must.add(name);
  }
  return gain;
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
    if (root === 'event' && section !== 'onUnknown')
      return [
        {
          pointer: at,
          code: 'no-event',
          message: '`event` exists only inside onUnknown; an event’s payload is the output of its node, steps.<id>',
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
function spinProblems(scope: Scope, at: string, edges: readonly Edge[], shapes: NodeShapes): Problem[] {
  const idle = (id: string) => !acts(scope.nodes[id], shapes);
  const idleEdges = edges.filter((edge) => idle(edge.from) && idle(edge.to));
  const spinning = Object.keys(scope.nodes).filter(
    (id) =>
      idle(id) &&
      closure(
        idleEdges.filter((edge) => edge.from === id).map((edge) => edge.to),
        (from) => idleEdges.filter((edge) => edge.from === from).map((edge) => edge.to),
      ).has(id),
  );
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

/** A container lets time pass if a node inside does: an approximation, the transition limit catches what it lets through. */
function acts(node: Node | undefined, shapes: NodeShapes): boolean {
  const shape = node && shapes[node.type];
  if (node === undefined || shape === undefined) return false;
  if (shape.acts) return true;
  const scopes = fieldsOf(nodeSchema(node.type, shape), node as unknown as Json).filter(
    (field) => field.kind === 'scope',
  );
  return scopes.some((field) =>
    Object.values((field.value as unknown as Scope).nodes).some((inner) => acts(inner, shapes)),
  );
}

function expressProblems(scope: Scope, at: string, shapes: NodeShapes): Problem[] {
  return Object.entries(scope.nodes).flatMap(([id, node]) => {
    const shape = shapes[node.type] as NodeShape;
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
    const inner = fieldsOf(nodeSchema(node.type, shape), config).filter((field) => field.kind === 'scope');
    return [
      ...own,
      ...inner.flatMap((field) =>
        expressProblems(field.value as unknown as Scope, here + pointer(...field.path), shapes),
      ),
    ];
  });
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
