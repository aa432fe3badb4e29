import type { Json } from '@heddle/engine/errors';
import { pathsOf, pathsOfLogic } from '@heddle/engine/expression/index';
import { retarget } from './edit-exit.ts';
import { isNodeId } from './edit-id.ts';
import { setAt } from './edit-path.ts';
import type { FlowDocument, Layout, NodeDraft, ScopeDraft } from './flow-document.ts';
import { asJson, fieldsIn, isRecord, type Path, partsOf } from './graph-node.ts';
import { indexOf } from './graph-scope.ts';

/** New ids by old ids. */
export type Renaming = ReadonlyMap<string, string>;

/**
 * Gives a node another id, and everything that names it: exits, starts, expressions, pointers of what is sensitive, its
 * place, what is remembered of it there. Nothing changes if the new id is taken or is none.
 */
export function renameNode(document: FlowDocument, from: string, to: string): FlowDocument {
  const { nodes } = indexOf(document);
  if (from === to || !nodes.has(from) || nodes.has(to) || !isNodeId(to)) return document;
  const renaming: Renaming = new Map([[from, to]]);
  const { nodes: _, start, layout, ...head } = document;
  const values = Object.entries(head).map(([key, value]) => {
    const isValue = key === 'output' || key === 'businessKey' || key === 'idempotencyKey';
    return [key, isValue && value !== undefined ? inValue(asJson(value), renaming) : value] as const;
  });
  const renamed = {
    ...Object.fromEntries(values),
    ...renameIn({ start, nodes: document.nodes }, renaming),
    ...(Array.isArray(head['sensitive']) ? { sensitive: head['sensitive'].map((at) => inPointer(at, renaming)) } : {}),
    ...(isRecord(layout) ? { layout: inLayout(layout as Layout, from, to) } : {}),
  };
  // The same properties as before, in which ids have been exchanged.
  return sameOrder(document, renamed) as unknown as FlowDocument;
}

/** A scope with ids exchanged: its nodes', those that lead to them, and those in expressions, however deep. */
export function renameIn(scope: ScopeDraft, renaming: Renaming): ScopeDraft {
  const name = (id: string) => renaming.get(id) ?? id;
  const nodes = isRecord(scope.nodes) ? Object.entries(scope.nodes) : [];
  return {
    start: typeof scope.start === 'string' ? name(scope.start) : scope.start,
    nodes: Object.fromEntries(nodes.map(([id, node]) => [name(id), renameInNode(node, renaming)])),
  };
}

function renameInNode(node: NodeDraft, renaming: Renaming): NodeDraft {
  if (!isRecord(node)) return node;
  const led = retarget(node, ({ target }) => target && (renaming.get(target) ?? target));
  let draft = asJson(led);
  for (const field of fieldsIn(led)) {
    if (field.kind === 'value') draft = changedAt(draft, field.path, inValue(field.value, renaming));
    if (field.kind === 'condition') draft = changedAt(draft, field.path, inLogic(field.value, renaming));
  }
  for (const { path } of partsOf(led).scopes) {
    const scope = path.reduce<Json | undefined>((at, key) => (isRecord(at) ? at[key] : undefined), draft);
    if (!isRecord(scope)) continue;
    const inner = renameIn(scope as unknown as ScopeDraft, renaming);
    draft = setAt(draft, path, { ...scope, ...(asJson(inner) as object) });
  }
  return draft as NodeDraft;
}

const changedAt = (draft: Json, path: Path, value: Json): Json =>
  value === path.reduce<Json | undefined>((at, key) => (at as { [key: string]: Json } | undefined)?.[key], draft)
    ? draft
    : setAt(draft, path, value);

/** Where expressions read a renamed node, says the engine; so it is right in bodies of `map` and the like too. */
const inValue = (value: Json, renaming: Renaming): Json => exchange(value, pathsOf(value), renaming);
const inLogic = (logic: Json, renaming: Renaming): Json => exchange(logic, pathsOfLogic(logic), renaming);

function exchange(value: Json, uses: readonly { readonly pointer: string }[], renaming: Renaming): Json {
  return uses.reduce((changed, { pointer }) => {
    const path = pointer.split('/').slice(1).map(unescaped);
    const text = path.reduce<Json | undefined>(
      (at, key) => (at as { [key: string]: Json } | undefined)?.[key],
      changed,
    );
    if (typeof text !== 'string') return changed;
    const next = text.replace(
      /^((?:\$\.)?steps\.)([^.]+)/,
      (_, lead: string, id: string) => lead + (renaming.get(id) ?? id),
    );
    return next === text ? changed : setAt(changed, path, next);
  }, value);
}

const unescaped = (segment: string): string => segment.replaceAll('~1', '/').replaceAll('~0', '~');

function inPointer(at: Json, renaming: Renaming): Json {
  if (typeof at !== 'string') return at;
  return at.replace(/^(\/steps\/)([^/]+)/, (_, lead: string, id: string) => lead + (renaming.get(id) ?? id));
}

/** What the layout remembers of nodes by their ids: unconfirmed values, pinned answers. */
const RECORDS: ReadonlySet<string> = new Set(['$suggested', '$mocks']);
const inRecord = (record: object, from: string, to: string): Json =>
  Object.fromEntries(Object.entries(record).map(([id, kept]) => [id === from ? to : id, kept]));

function inLayout(layout: Layout, from: string, to: string): Json {
  return Object.fromEntries(
    Object.entries(layout).map(([id, place]) => {
      if (id === from) return [to, place];
      if (RECORDS.has(id) && isRecord(place)) return [id, inRecord(place, from, to)];
      return [id.startsWith(`${from}/`) ? to + id.slice(from.length) : id, place];
    }),
  );
}

function sameOrder(document: FlowDocument, changed: { readonly [key: string]: unknown }): object {
  return Object.fromEntries(Object.keys(document).map((key) => [key, changed[key]]));
}
