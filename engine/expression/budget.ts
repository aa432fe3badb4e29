import { FlowError, type Json } from '../errors.ts';
import { isList, isObject } from './json.ts';

/** Operations that one evaluation may take: every operator, element and path counts, long texts count more. */
export const maxOperations = 100_000;

/** What one evaluation may build: characters of text, and list elements at 8 each, which is what they take. */
export const maxBuilt = 1_048_576;

const elementSize = 8;

/** Characters plus values that the result may hold, each counted as often as it appears. */
export const maxResult = 4 * maxBuilt;

/** How deeply rules, and the lists and objects of a result, may nest. */
export const maxDepth = 64;

function spent(what: string, limit: number): FlowError {
  return new FlowError('EXPRESSION_BUDGET', `the expression ${what}; the limit is ${limit}`, { details: { limit } });
}

/** What one evaluation may still do. A rule cannot loop for ever, but nested lists make it exponential. */
export class Budget {
  #operations = maxOperations;
  #built = maxBuilt;
  #hasLists = false;

  /** @throws {FlowError} `EXPRESSION_BUDGET` when the operations are used up. */
  spend(operations: number): void {
    this.#operations -= operations;
    if (this.#operations < 0) throw spent('takes too many operations', maxOperations);
  }

  text(built: string): string {
    this.#built -= built.length;
    if (this.#built < 0) throw spent('builds too much text', maxBuilt);
    return built;
  }

  /** Accounts for list elements before they are built. */
  elements(count: number): void {
    this.#hasLists = true;
    this.#built -= count * elementSize;
    if (this.#built < 0) throw spent('builds lists that are too long', maxBuilt);
  }

  /** Refuses a result that is small in memory only because it holds the same value many times. */
  accept(result: Json): Json {
    if (this.#hasLists) measure(result, 0, 0);
    return result;
  }
}

function measure(value: Json, before: number, depth: number): number {
  let size = before + 1;
  if (typeof value === 'string') size += value.length;
  if (size > maxResult) throw spent('has a result that is too large', maxResult);
  const children = isList(value) ? value : isObject(value) ? Object.values(value) : [];
  if (depth > maxDepth) throw spent('has a result that nests too deeply', maxDepth);
  for (const child of children) size = measure(child, size, depth + 1);
  return size;
}
