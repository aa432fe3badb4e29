import { pointer } from '../../errors.ts';
import { isTree, type Tree } from './tree.ts';

const MAX_HOPS = 20;

export type Resolved =
  | { readonly ok: true; readonly value: unknown; readonly pointer: string }
  | { readonly ok: false; readonly reason: string };

/** Follows references within one document; nothing is ever fetched or opened. */
export class References {
  readonly #document: Tree;

  constructor(document: Tree) {
    this.#document = document;
  }

  /** What a reference leads to, and where that stands; references on the way are followed. */
  resolve(reference: string, hops = 0): Resolved {
    if (!reference.startsWith('#')) {
      return {
        ok: false,
        reason: `${shortened(reference)} is outside of the document, and nothing outside is read: bundle it into one document`,
      };
    }
    const nowhere: Resolved = { ok: false, reason: `${shortened(reference)} leads nowhere in the document` };
    if (hops > MAX_HOPS) return { ok: false, reason: `${shortened(reference)} leads back to itself` };
    if (!reference.startsWith('#/')) {
      return reference === '#' ? { ok: true, value: this.#document, pointer: '' } : nowhere;
    }
    let at: unknown = this.#document;
    let path: readonly string[] = [];
    for (const key of segmentsOf(reference)) {
      if (isTree(at) && !Object.hasOwn(at, key) && typeof at['$ref'] === 'string') {
        const further = this.resolve(at['$ref'], hops + 1);
        if (!further.ok) return further;
        at = further.value;
        path = further.pointer === '' ? [] : segmentsOf(`#${further.pointer}`);
      }
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return nowhere;
      at = Reflect.get(at, key);
      path = [...path, key];
    }
    return { ok: true, value: at, pointer: pointer(...path) };
  }

  /** The object itself, or what its `$ref` leads to in the end. */
  follow(value: unknown, at: string): Resolved {
    let current: Resolved = { ok: true, value, pointer: at };
    for (let hops = 0; hops <= MAX_HOPS; hops += 1) {
      if (!current.ok || !isTree(current.value)) return current;
      const reference: unknown = current.value['$ref'];
      if (typeof reference !== 'string') return current;
      current = this.resolve(reference);
    }
    return { ok: false, reason: 'the reference leads back to itself' };
  }
}

const shortened = (text: string) => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);

function segmentsOf(reference: string): readonly string[] {
  return reference
    .slice(2)
    .split('/')
    .map((part) => decoded(part).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
