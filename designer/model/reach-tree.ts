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
      type: candidate.type,
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

/** Entries whose path has every word of a text in it, shallow ones first. */
export function searchEntries(reach: Reach, text: string): readonly PathEntry[] {
  const words = text
    .toLowerCase()
    .split(/[\s.]+/)
    .filter((word) => word !== '');
  const found: PathEntry[] = [];
  let level = entriesBelow(reach);
  for (let depth = 0; depth < 6 && level.length > 0 && found.length < maxFound; depth += 1) {
    found.push(
      ...level.filter(({ path, title }) => {
        const whole = `${path} ${title ?? ''}`.toLowerCase();
        return words.every((word) => whole.includes(word));
      }),
    );
    level = level
      .filter(({ hasChildren }) => hasChildren)
      .flatMap(({ path }) => entriesBelow(reach, path))
      .slice(0, 2_000);
  }
  return found.slice(0, maxFound);
}
