import { type Answer, isCallError } from '@heddle/connectors/sdk/index';
import { LRUCache } from 'lru-cache';
import type { Json } from '../../errors.ts';
import { type Call, type Layer, Refusal } from './call.ts';

export interface AnswerCache {
  readonly layer: Layer;
  hits(): number;
  misses(): number;
  entries(): number;
}

/** Characters of the answers that one operation keeps; what is more drives older ones out. */
const MAX_CHARACTERS = 32 * 1_024 * 1_024;

/**
 * Gives an answer again to equal calls for `forMs`. Of calls that are equal and out at the same time only one is made;
 * the others share its answer, or its failure, unless it failed for lack of its own time.
 *
 * Answers are kept apart by the attributes of the call too: what one tenant was told is not told to another.
 */
export function answerCache({
  forMs,
  maxEntries,
}: {
  readonly forMs: number;
  readonly maxEntries: number;
}): AnswerCache {
  const kept = new LRUCache<string, Answer>({
    max: maxEntries,
    ttl: forMs,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ body }, key) => key.length + JSON.stringify(body).length,
  });
  const out = new Map<string, Promise<Answer>>();
  let hits = 0;
  let misses = 0;

  const layer: Layer = (next) => async (call) => {
    const key = keyOf(call);
    for (let mayShare = !call.isFresh; mayShare; ) {
      const present = kept.get(key);
      const leading = present === undefined ? out.get(key) : undefined;
      if (present === undefined && leading === undefined) break;
      try {
        const answer = present ?? (await leading);
        if (answer === undefined) break; // cannot be: one of both was there
        hits += 1;
        call.answeredBy = 'cache';
        return answer;
      } catch (error) {
        if (!isOutOfTime(error)) throw error;
        mayShare = call.deadline.remainingMs() > 0;
      }
    }
    misses += 1;
    const leading = next(call);
    out.set(key, leading);
    try {
      const answer = await leading;
      kept.set(key, answer);
      return answer;
    } finally {
      if (out.get(key) === leading) out.delete(key);
    }
  };
  return { layer, hits: () => hits, misses: () => misses, entries: () => kept.size };
}

const isOutOfTime = (error: unknown) =>
  (error instanceof Refusal && error.code === 'DEADLINE_EXCEEDED') || (isCallError(error) && error.kind === 'timeout');

const keyOf = ({ input, context: { attributes } }: Call) =>
  attributes === undefined ? canonical(input) : `${canonical(attributes)} ${canonical(input)}`;

/** JSON with the members of every object in order, so that equal values are equal texts. */
export function canonical(value: Json): string {
  return JSON.stringify(value, (_name, item: Json) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
