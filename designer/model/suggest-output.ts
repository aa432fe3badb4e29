import type { Json } from '@heddle/engine/errors';
import type { Catalogue } from './catalogue.ts';
import { placesOf } from './data-place.ts';
import type { FlowDocument } from './flow-document.ts';
import { type Reach, reachAt } from './reach.ts';

/** Steps whose output is an answer worth giving. */
const answering: ReadonlySet<string> = new Set([
  'call',
  'task',
  'subflow',
  'script',
  'set',
  'forEach',
  'parallel',
  'event',
]);

/**
 * What a flow, or a step that answers, could say: what the nearest step that surely ran has put out. Where that depends
 * on the way taken, the nearest that may have run, with null as its default.
 *
 * @param nodeId undefined for the flow's own `output`
 * @returns undefined if no step before has anything to say
 */
export function suggestOutput(document: FlowDocument, catalogue: Catalogue, nodeId?: string): Json | undefined {
  const reach = reachAt(document, nodeId, catalogue);
  const places = placesOf(document);
  const steps = reach.steps.filter((id) => answering.has(places.get(id)?.node.type ?? ''));
  const sure = steps.find((id) => isSure(reach, id));
  const near = steps[0];
  if (near !== undefined && near !== sure && isReadByDefault(reach, near))
    return { $: { var: [`steps.${near}`, sure === undefined ? null : { var: `steps.${sure}` }] } };
  return sure === undefined ? undefined : { $: { var: `steps.${sure}` } };
}

const isSure = (reach: Reach, id: string): boolean => !reach.maybe.has(`steps.${id}`);
const isReadByDefault = (reach: Reach, id: string): boolean => reach.maybe.has(`steps.${id}`);
