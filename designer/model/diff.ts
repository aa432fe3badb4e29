import type { Json } from '@heddle/engine/errors';
import type { FlowDocument, NodeDraft } from './flow-document.ts';
import { asJson, isRecord, type Path, partsOf, pointerOf } from './graph-node.ts';
import { indexOf, type ScopeEntry } from './graph-scope.ts';

export interface FieldChange {
  /** JSON pointer from the node, or from the flow. */
  readonly pointer: string;
  /** Undefined: was not there. */
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

export interface FlowDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: ReadonlyMap<string, readonly FieldChange[]>;
  /** Changes of the flow itself, its start among them. */
  readonly flow: readonly FieldChange[];
}

/** What differs between two states of a flow, node by node; where things stand on the canvas does not count. */
export function diff(before: FlowDocument, after: FlowDocument): FlowDiff {
  const old = indexOf(before);
  const now = indexOf(after);
  const changed = new Map<string, readonly FieldChange[]>();
  for (const [id, entry] of now.nodes) {
    const was = old.nodes.get(id);
    if (!was) continue;
    const moved = was.scope === entry.scope ? [] : [{ pointer: '', before: was.scope, after: entry.scope }];
    const fields = was.draft === entry.draft ? [] : changesOf(bare(was.draft), bare(entry.draft));
    if (moved.length + fields.length > 0) changed.set(id, [...moved, ...fields]);
  }
  return {
    added: [...now.nodes.keys()].filter((id) => !old.nodes.has(id)),
    removed: [...old.nodes.keys()].filter((id) => !now.nodes.has(id)),
    changed,
    flow: changesOf(headOf(before, old.scopes.get('')), headOf(after, now.scopes.get(''))),
  };
}

/** A node without the nodes that it holds, which are compared on their own. */
function bare(node: NodeDraft): Json {
  return partsOf(node).scopes.reduce((draft, { path }) => withoutNodes(draft, path), asJson(node));
}

function withoutNodes(draft: Json, [key, ...rest]: Path): Json {
  if (!isRecord(draft)) return draft;
  if (key === undefined) {
    const { nodes: _, ...scope } = draft;
    return scope;
  }
  return { ...draft, [key]: withoutNodes(draft[key] ?? null, rest) };
}

function headOf(document: FlowDocument, root: ScopeEntry | undefined): Json {
  const { layout: _, nodes: __, ...head } = document;
  return asJson({ ...head, start: root?.start ?? '' });
}

function changesOf(before: Json | undefined, after: Json | undefined, path: Path = []): FieldChange[] {
  if (before === after) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }).flatMap((_, at) => changesOf(before[at], after[at], [...path, at]));
  }
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    // An expression is compared as a whole: a difference inside of it can only be understood with what is around.
    if (!keys.has('$')) return [...keys].flatMap((key) => changesOf(before[key], after[key], [...path, key]));
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
  }
  return [{ pointer: pointerOf(path), before, after }];
}
