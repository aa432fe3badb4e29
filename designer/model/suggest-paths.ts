import type { JsonSchema } from '@heddle/engine/expression/index';
import { placesOf } from './data-place.ts';
import { propertiesOf } from './data-schema.ts';
import type { FlowDocument } from './flow-document.ts';
import type { Reach } from './reach.ts';
import { misfit } from './suggest-fit.ts';
import { type Named, nameScore, wordsOf } from './suggest-words.ts';

/** A path in reach, with what is needed to judge it. */
interface Candidate extends Named {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly certain: boolean;
  /** 0: as near as can be. */
  readonly distance: number;
}

/** A path that could be meant, and how sure that is, from 0 to 100. */
export interface RankedPath {
  readonly path: string;
  readonly score: number;
  readonly certain: boolean;
}

const maxDepth = 4;
const maxCandidates = 2_000;
const none: ReadonlySet<string> = new Set();

/** The paths that fit a field by type, best first. Their score says how well they fit by name. */
export function rankedPaths(
  document: FlowDocument,
  reach: Reach,
  wanted: Named & { readonly schema: JsonSchema },
): readonly RankedPath[] {
  return candidatesIn(document, reach)
    .flatMap((candidate): RankedPath[] => {
      const penalty = misfit(candidate.schema, wanted.schema);
      const named = penalty === undefined ? 0 : nameScore(wanted, candidate);
      if (penalty === undefined || named === 0) return [];
      const score = named - penalty - (candidate.certain ? 0 : 15) - Math.min(candidate.distance, 5) * 0.1;
      return [{ path: candidate.path, score, certain: candidate.certain }];
    })
    .sort((a, b) => b.score - a.score);
}

const candidatesByReach = new WeakMap<Reach, readonly Candidate[]>();

function candidatesIn(document: FlowDocument, reach: Reach): readonly Candidate[] {
  const known = candidatesByReach.get(reach);
  if (known !== undefined) return known;
  const found: Candidate[] = [];
  const walk = (candidate: Candidate, depth: number) => {
    if (found.length >= maxCandidates) return;
    found.push(candidate);
    if (depth >= maxDepth) return;
    for (const { name, schema, required } of propertiesOf(candidate.schema)) {
      const path = `${candidate.path}.${name}`;
      const within = [...candidate.within, ...(depth > 0 ? [candidate.name] : [])];
      walk({ ...candidate, path, name, within, schema, certain: candidate.certain && required }, depth + 1);
    }
  };
  const below = (path: string, schema: JsonSchema, distance: number, context: ReadonlySet<string>) => {
    const root = { path, name: path.split('.').at(-1) ?? path, within: [], context, schema };
    walk({ ...root, certain: !reach.maybe.has(path), distance }, 0);
  };
  const { input, item, vars, steps } = reach.schemas;
  if (item !== undefined) below('item', item, 0, none);
  for (const { name, schema } of propertiesOf(vars)) below(`vars.${name}`, schema, 1, none);
  if (input !== undefined) below('input', input, 1, none);
  const outputs = new Map(propertiesOf(steps).map(({ name, schema }) => [name, schema]));
  reach.steps.forEach((id, index) => {
    below(`steps.${id}`, outputs.get(id) ?? {}, 2 + index, contextOf(document, id));
  });
  candidatesByReach.set(reach, found);
  return found;
}

/** What a step is about: the words of its operation and service, and its own name. */
export function contextOf(document: FlowDocument, nodeId: string): ReadonlySet<string> {
  const node = placesOf(document).get(nodeId)?.node;
  const names = [nodeId, node?.['service'], node?.['operation']];
  return new Set(names.flatMap((name) => (typeof name === 'string' ? wordsOf(name) : [])));
}
