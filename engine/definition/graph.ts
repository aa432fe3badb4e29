import { type Json, type JsonObject, type Problem, pointer } from '../errors.ts';
import { pathsOf, pathsOfLogic } from '../expression/index.ts';
import {
  type Context,
  canLeave,
  type Edge,
  edgesOf,
  fieldsIn,
  gainOf,
  gainOfScope,
  grouped,
  iterates,
  type Known,
  knownBefore,
  union,
} from './dataflow.ts';
import type { Flow, Node, NodeShape, NodeShapes, Scope } from './flow.ts';

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
        const inner = { ...known, iterating: known.iterating || iterates(node, field, shapes) };
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

/** A container holds an `end` of the whole flow: the run can end there, whatever follows the container. */
const endsFlowInside = (node: Node, context: Context): boolean =>
  fieldsIn(node, context).some(
    (field) =>
      field.kind === 'scope' &&
      Object.values((field.value as unknown as Scope).nodes).some(
        (inner) => (inner.type === 'end' && inner['scope'] === 'flow') || endsFlowInside(inner, context),
      ),
  );

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
