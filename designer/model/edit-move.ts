import { retarget, scopeOfExit, targetOf } from './edit-exit.ts';
import { graft } from './edit-graft.ts';
import { addBeside, addChunk, canRunBeside, exitAfter, type Spot } from './edit-insert.ts';
import { changeScope } from './edit-path.ts';
import { forgetPlaces, setPlaces } from './edit-place.ts';
import { removeNodes } from './edit-remove.ts';
import type { FlowDocument, NodeDraft, ScopeAddress } from './flow-document.ts';
import { partsOf } from './graph-node.ts';
import { type FlowIndex, indexOf, nodesWithin, scopesAround } from './graph-scope.ts';
import { topmost } from './selection.ts';

/**
 * Moves nodes with all that they hold to another spot. Where they were is healed; links among them are kept, links to
 * what stays behind are not. Nothing changes where that is not possible, such as into themselves.
 */
export function moveNodes(document: FlowDocument, ids: readonly string[], spot: Spot): FlowDocument {
  const index = indexOf(document);
  const moved = topmost(index, ids);
  const scope = scopeOfSpot(document, index, spot);
  if (moved.length === 0 || scope === undefined || !canReceive(document, { index, moved, scope, spot }))
    return document;
  const set = new Set(moved);
  const chunk = {
    nodes: Object.fromEntries(moved.map((id) => [id, lifted(index, id, set)])),
    head: headOf(index, moved),
  };
  const places = document.layout;
  const bare = removeNodes(document, moved);
  const kept = places === undefined || bare.layout === places ? bare : { ...bare, layout: places };
  const left = forgetPlaces(kept, set);

  if (spot.kind === 'beside') {
    const [only] = moved;
    const draft = only === undefined ? undefined : chunk.nodes[only];
    return only !== undefined && draft ? addBeside(left, spot.node, { id: only, draft }) : document;
  }
  if (spot.kind === 'scope') {
    const added = addChunk(left, scope, chunk);
    const { place } = spot;
    return place
      ? setPlaces(added, Object.fromEntries(moved.map((id, at) => [id, { x: place.x, y: place.y + at * 100 }])))
      : added;
  }
  const at = spot.kind === 'exit' ? spot.at : exitAfter(left, spot.node);
  // Healing can have removed the exit: a route for errors that led only to what was moved.
  if (at === undefined || scopeOfExit(left, at) === undefined) return document;
  return changeScope(left, scope, (draft) => graft(draft, chunk, at));
}

/** The scope into which something comes at a spot. */
export function scopeOfSpot(document: FlowDocument, index: FlowIndex, spot: Spot): ScopeAddress | undefined {
  if (spot.kind === 'scope') return index.scopes.has(spot.scope) ? spot.scope : undefined;
  if (spot.kind === 'exit') return scopeOfExit(document, spot.at);
  return index.nodes.get(spot.node)?.scope;
}

function canReceive(
  document: FlowDocument,
  given: {
    readonly index: FlowIndex;
    readonly moved: readonly string[];
    readonly scope: ScopeAddress;
    readonly spot: Spot;
  },
): boolean {
  const { index, moved, scope, spot } = given;
  const within = new Set(scopesAround(index, scope).map((address) => index.scopes.get(address)?.container));
  if (moved.some((id) => within.has(id))) return false;
  if (spot.kind === 'scope') return true;
  if (spot.kind === 'exit') {
    const target = targetOf(document, spot.at);
    return !moved.includes(spot.at.source) && (target === undefined || !moved.includes(target));
  }
  if (moved.includes(spot.node)) return false;
  if (spot.kind === 'after') return true;
  return (
    moved.length === 1 && canRunBeside(document, spot.node) && !nodesWithin(index, spot.node).includes(moved[0] ?? '')
  );
}

/** A node that takes only links to others that are moved with it along. */
function lifted(index: FlowIndex, id: string, moved: ReadonlySet<string>): NodeDraft {
  const draft = index.nodes.get(id)?.draft ?? { type: '' };
  const scope = index.nodes.get(id)?.scope;
  return retarget(draft, ({ target }) =>
    target !== undefined && moved.has(target) && index.nodes.get(target)?.scope === scope ? target : undefined,
  );
}

/** The first of some nodes to which none of the others leads. */
export function headOf(index: FlowIndex, ids: readonly string[]): string {
  const set = new Set(ids);
  const led = new Set(
    ids.flatMap((id) => {
      const draft = index.nodes.get(id)?.draft;
      return draft
        ? partsOf(draft).exits.flatMap(({ target }) => (target !== undefined && set.has(target) ? [target] : []))
        : [];
    }),
  );
  return ids.find((id) => !led.has(id)) ?? ids[0] ?? '';
}
