import type { Json, JsonObject } from '@heddle/engine/errors';

/** A node in the making: any properties, right or wrong; its type may even be unknown here. */
export interface NodeDraft {
  readonly type: string;
  readonly [property: string]: Json | undefined;
}

/** A scope in the making. An empty one has `start: ''` and no nodes. */
export interface ScopeDraft {
  readonly start: string;
  readonly nodes: { readonly [nodeId: string]: NodeDraft };
}

/**
 * A flow in the making, exactly as it is saved and published: the one source of what the canvas, the inspector and the
 * JSON view show. It is never changed in place; what an edit leaves alone keeps its identity, so comparing by `===` tells
 * what changed.
 */
export interface FlowDocument extends ScopeDraft {
  readonly id: string;
  readonly layout?: Layout;
  readonly [property: string]: Json | ScopeDraft['nodes'] | undefined;
}

/** Where a node stands, in px, within its scope's box. Containers get their size from what they hold. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly collapsed?: boolean;
  readonly colour?: string;
}

export interface StickyNote {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly text: string;
  readonly colour?: string;
}

/**
 * Places by node id; branches of a `parallel` are placed by their scope address. Names that begin with `$` are no nodes:
 * `$notes` holds the sticky notes by id; `$manual: true` says that the author arranges the canvas by hand.
 */
export type Layout = JsonObject & {
  readonly $notes?: { readonly [noteId: string]: JsonObject & StickyNote };
  readonly $manual?: boolean;
};

/**
 * Names a scope of a document: `''` is the root; else the container's id and where in it the scope stands, for
 * instance `items/do` (a forEach) or `facts/branches/customer` (a branch of a parallel).
 */
export type ScopeAddress = string;
