import { completePaths } from '@heddle/engine/expression/index';
import { typesOf } from './data-schema.ts';
import { type Reach, schemaOfPath } from './reach.ts';

/** One line of the tree from which a path is picked. */
export interface PathEntry {
  readonly path: string;
  /** The last part of the path. */
  readonly name: string;
  readonly type: string;
  readonly title?: string;
  /** Something is surely there when this place is reached. */
  readonly certain: boolean;
  readonly hasChildren: boolean;
}

/** The entries one step below a path; with no path, those at the top. Steps come nearest first. */
export function entriesBelow(reach: Reach, path = ''): readonly PathEntry[] {
  const prefix = path === '' ? '' : `${path}.`;
  const found = completePaths(reach.schemas, prefix).map((candidate): PathEntry => {
    const schema = schemaOfPath(reach, candidate.path);
    const types = typesOf(schema);
    return {
      path: candidate.path,
      name: candidate.path.split('.').at(-1) ?? candidate.path,
      type: types.join('|') || candidate.type,
      certain: candidate.isRequired && !reach.maybe.has(candidate.path),
      hasChildren:
        (types.includes('object') || types.includes('array')) &&
        completePaths(reach.schemas, `${candidate.path}.`).length > 0,
      ...(candidate.title === undefined ? {} : { title: candidate.title }),
    };
  });
  return found.filter(
    ({ path: here }) => (here !== 'vars' && here !== 'steps') || completePaths(reach.schemas, `${here}.`).length > 0,
  );
}

const maxFound = 60;
const maxSeen = 4_000;

/** Entries whose path has every word of a text in it; those come first whose own name the last word is. */
export function searchEntries(reach: Reach, text: string): readonly PathEntry[] {
  const words = text
    .toLowerCase()
    .split(/[\s.]+/)
    .filter((word) => word !== '');
  const last = words.at(-1) ?? '';
  const found: { readonly entry: PathEntry; readonly rank: number }[] = [];
  let level = entriesBelow(reach);
  for (let depth = 0; depth < 6 && level.length > 0; depth += 1) {
    for (const entry of level) {
      const whole = `${entry.path} ${entry.title ?? ''}`.toLowerCase();
      if (!words.every((word) => whole.includes(word))) continue;
      const name = entry.name.toLowerCase();
      const match = name === last ? 0 : name.startsWith(last) ? 2 : name.includes(last) ? 4 : 6;
      // What can be compared or passed on comes before what holds it.
      found.push({ entry, rank: match + (entry.hasChildren ? 1 : 0) });
    }
    level = level
      .filter(({ hasChildren }) => hasChildren)
      .flatMap(({ path }) => entriesBelow(reach, path))
      .slice(0, maxSeen);
  }
  return found
    .sort((a, b) => a.rank - b.rank)
    .slice(0, maxFound)
    .map(({ entry }) => entry);
}
