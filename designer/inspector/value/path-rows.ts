import type { JsonSchema } from '@heddle/engine/expression/index';
import type { FlowDocument } from '../../model/flow-document.ts';
import type { Reach } from '../../model/reach.ts';
import { entriesBelow, type PathEntry, searchEntries } from '../../model/reach-tree.ts';
import { rankedPaths } from '../../model/suggest-paths.ts';

/** One line of the list from which a path is picked. */
export interface PathRow extends PathEntry {
  readonly level: number;
  readonly open: boolean;
  /** It is likely what is meant here. */
  readonly likely: boolean;
}

/** What a path is wanted for. */
export interface PathWish {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly context: ReadonlySet<string>;
}

const leastLikely = 58;
const maxLikely = 4;

/** The lines that are shown: those found by a text, else the likely ones and the tree as far as it is open. */
export function pathRows(given: {
  readonly document: FlowDocument;
  readonly reach: Reach;
  readonly text: string;
  readonly open: ReadonlySet<string>;
  readonly wish: PathWish | undefined;
}): readonly PathRow[] {
  const { reach, text, open } = given;
  if (text.trim() !== '') return searchEntries(reach, text).map((entry) => ({ ...entry, ...flat, likely: false }));
  const below = (path: string | undefined, level: number): PathRow[] =>
    entriesBelow(reach, path).flatMap((entry) => {
      const isOpen = open.has(entry.path) && entry.hasChildren;
      return [{ ...entry, level, open: isOpen, likely: false }, ...(isOpen ? below(entry.path, level + 1) : [])];
    });
  return [...likelyRows(given), ...below(undefined, 1)];
}

const flat = { level: 1, open: false } as const;

function likelyRows({ document, reach, wish }: Parameters<typeof pathRows>[0]): readonly PathRow[] {
  if (wish === undefined) return [];
  return rankedPaths(document, reach, { ...wish, within: [] })
    .filter(({ score }) => score >= leastLikely)
    .slice(0, maxLikely)
    .flatMap(({ path }) => {
      const parent = path.split('.').slice(0, -1).join('.');
      const entry = entriesBelow(reach, parent).find((one) => one.path === path);
      return entry === undefined ? [] : [{ ...entry, ...flat, hasChildren: false, likely: true }];
    });
}
