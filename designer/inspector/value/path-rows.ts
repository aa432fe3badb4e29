import type { Reach } from '../../model/reach.ts';
import { entriesBelow, type PathEntry, searchEntries } from '../../model/reach-tree.ts';

/** One line of the list from which a path is picked. */
export interface PathRow extends PathEntry {
  readonly level: number;
  readonly open: boolean;
  /** It is likely what is meant here. */
  readonly likely: boolean;
  /** It stands alone, not below its parent. */
  readonly whole: boolean;
}

const maxLikely = 5;

/** The lines that are shown: those found by a text, else the likely ones and the tree as far as it is open. */
export function pathRows(given: {
  readonly reach: Reach;
  readonly text: string;
  readonly open: ReadonlySet<string>;
  /** Paths that are probably meant, likeliest first. */
  readonly likely: readonly string[];
}): readonly PathRow[] {
  const { reach, text, open } = given;
  if (text.trim() !== '')
    return searchEntries(reach, text).map((entry) => ({ ...entry, ...flat, hasChildren: false, likely: false }));
  const below = (path: string | undefined, level: number): PathRow[] =>
    entriesBelow(reach, path).flatMap((entry) => {
      const isOpen = open.has(entry.path) && entry.hasChildren;
      return [
        { ...entry, level, open: isOpen, likely: false, whole: false },
        ...(isOpen ? below(entry.path, level + 1) : []),
      ];
    });
  return [...likelyRows(given), ...below(undefined, 1)];
}

const flat = { level: 1, open: false, whole: true } as const;

function likelyRows({ reach, likely }: Parameters<typeof pathRows>[0]): readonly PathRow[] {
  return likely.slice(0, maxLikely).flatMap((path) => {
    const parent = path.split('.').slice(0, -1).join('.');
    const entry = entriesBelow(reach, parent).find((one) => one.path === path);
    return entry === undefined ? [] : [{ ...entry, ...flat, hasChildren: false, likely: true }];
  });
}
