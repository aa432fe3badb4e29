import type { Json, JsonObject } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import type { Catalogue, CatalogueOperation } from './catalogue.ts';
import { inlineReferences } from './data-inline.ts';
import { placesOf } from './data-place.ts';
import { isObject, keyword, type PropertySchema, propertiesOf, textKeyword, typesOf } from './data-schema.ts';
import type { FlowDocument, NodeDraft } from './flow-document.ts';
import type { Reach } from './reach.ts';
import { misfit } from './suggest-fit.ts';
import { contextOf, rankedPaths } from './suggest-paths.ts';
import { wordsOf } from './suggest-words.ts';
import { fromPointer, logicOf, readPath, toPointer } from './value.ts';

/** Why something is suggested. */
export type SuggestionReason =
  | 'same-name'
  | 'same-thing'
  | 'similar-name'
  | 'constant'
  | 'run'
  | 'new-input'
  | 'nearest';

/** A value that a field of a node could have. */
export interface Suggestion {
  /** JSON pointer from the node. */
  readonly pointer: string;
  readonly value: Json;
  /** From 0 (a guess) to 100 (sure). */
  readonly score: number;
  readonly reason: SuggestionReason;
  /** Where the value comes from. */
  readonly path?: string;
  /** What the flow's input must get for it. */
  readonly newInput?: { readonly name: string; readonly schema: JsonSchema };
}

const leastScore = { required: 58, optional: 88 };
/** From here on two candidates that are as good as each other are both right. */
const sameThing = 78;

/** The operation that a node calls, if it is registered. */
export function operationOf(catalogue: Catalogue, node: NodeDraft | undefined): CatalogueOperation | undefined {
  const { service, operation } = (node ?? {}) as { readonly service?: unknown; readonly operation?: unknown };
  if (typeof service !== 'string' || typeof operation !== 'string') return undefined;
  const operations = catalogue.get(service)?.operations;
  return operations && Object.hasOwn(operations, operation) ? operations[operation] : undefined;
}

interface Asked {
  readonly document: FlowDocument;
  readonly nodeId: string;
  readonly reach: Reach;
  readonly context: ReadonlySet<string>;
  readonly operation: CatalogueOperation;
}

/** Values for those fields of the called operation that have none: all required ones, and optional ones that fit well. */
export function suggestInput(
  document: FlowDocument,
  nodeId: string,
  catalogue: Catalogue,
  reach: Reach,
): readonly Suggestion[] {
  const node = placesOf(document).get(nodeId)?.node;
  const operation = operationOf(catalogue, node);
  const given = node?.['input'] ?? {};
  if (operation === undefined || !isObject(given) || logicOf(given) !== undefined) return [];
  const asked = { document, nodeId, reach, context: contextOf(document, nodeId), operation };
  const found = fieldsOf(inlineReferences(operation.request), ['input'], given, asked);
  return distinctNames(document, withoutDoubts(found), nodeId).map(({ schema: _, ...suggestion }) => suggestion);
}

/** A suggestion with the schema of its field. */
type Found = Suggestion & { readonly schema: JsonSchema };

function fieldsOf(schema: JsonSchema, path: readonly string[], given: JsonObject, asked: Asked): Found[] {
  return propertiesOf(schema).flatMap((property) =>
    Object.hasOwn(given, property.name) ? [] : fieldSuggestions(property, path, asked),
  );
}

function fieldSuggestions(property: PropertySchema, path: readonly string[], asked: Asked): Found[] {
  const { name, schema, required } = property;
  const here = [...path, name];
  const pointer = toPointer(here);
  const constant = keyword(schema, 'const') ?? (required ? keyword(schema, 'default') : undefined);
  if (constant !== undefined)
    return required ? [{ pointer, schema, value: constant, score: 100, reason: 'constant' }] : [];
  if (required && isOwnNumber(property, asked)) return [{ schema, ...ownNumber(pointer, asked) }];
  const match = bestMatch(property, path.slice(1), asked);
  if (match !== undefined) return [{ pointer, schema, ...match }];
  if (!required) return [];
  const inner = typesOf(schema).includes('object') ? fieldsOf(schema, here, {}, asked) : [];
  if (inner.some(({ newInput }) => newInput === undefined)) return inner;
  return [newInput(pointer, schema)];
}

/** The best path for a field; undefined if there is none good enough, or two between which one would have to guess. */
function bestMatch(
  { name, schema, required }: PropertySchema,
  within: readonly string[],
  { document, nodeId, reach, context }: Asked,
): Omit<Suggestion, 'pointer'> | undefined {
  // In a cycle a step can read what it said itself the last time; that is hardly ever meant.
  const own = `steps.${nodeId}`;
  const [best, second] = rankedPaths(document, reach, { name, within, context, schema }).filter(
    ({ path }) => path !== own && !path.startsWith(`${own}.`),
  );
  if (best === undefined || best.score < (required ? leastScore.required : leastScore.optional)) return undefined;
  if (!required && !best.certain) return undefined;
  const isDoubtful = second !== undefined && best.score - second.score < 1 && best.score < sameThing;
  if (isDoubtful) return undefined;
  const reason = best.score > 96 ? 'same-name' : best.score >= sameThing ? 'same-thing' : 'similar-name';
  return { value: readPath(best.path), score: best.score, reason, path: best.path };
}

/** One source for two fields of similar names, such as the two accounts of a payment, would be wrong for one of them. */
function withoutDoubts(found: readonly Found[]): readonly Found[] {
  const uses = new Map<string, number>();
  for (const { path } of found) if (path !== undefined) uses.set(path, (uses.get(path) ?? 0) + 1);
  return found.map((one) => {
    const isDoubtful = one.reason === 'similar-name' && one.path !== undefined && (uses.get(one.path) ?? 0) > 1;
    return isDoubtful ? newInput(one.pointer, one.schema) : one;
  });
}

/** A new property of the flow's input, called as the field is; `distinctNames` gives it its path. */
function newInput(pointer: string, schema: JsonSchema): Found {
  const name = camel(fromPointer(pointer).slice(1));
  return { pointer, schema, value: null, score: 40, reason: 'new-input', newInput: { name, schema } };
}

const camel = (path: readonly string[]): string => {
  const words = path.flatMap((part, index) => (index === 0 ? [part] : [part.charAt(0).toUpperCase() + part.slice(1)]));
  return words.join('').replaceAll(/[^A-Za-z0-9_]/g, '');
};

/** New properties of the flow's input get names that are free, or that mean the same already. */
function distinctNames(document: FlowDocument, found: readonly Found[], nodeId: string): readonly Found[] {
  const taken = new Map(propertiesOf(inputOf(document)).map(({ name, schema }) => [name, schema]));
  return found.map((one) => {
    if (one.newInput === undefined) return one;
    const { schema } = one.newInput;
    const there = taken.get(one.newInput.name);
    const isFree = there === undefined || misfit(there, schema) !== undefined;
    const name = isFree ? one.newInput.name : camel([nodeId, one.newInput.name]);
    const path = `input.${name}`;
    return { ...one, path, value: readPath(path), newInput: { name, schema } };
  });
}

export const inputOf = (document: FlowDocument): JsonSchema => {
  const { input } = document as { readonly input?: unknown };
  return isObject(input) ? input : {};
};

const numberWords = new Set(['id', 'no', 'number', 'key', 'ref', 'reference']);
const ownWords = new Set(['serial', 'request', 'idempotency', 'correlation', 'trace', 'sequence']);

/**
 * Whether a field numbers the call itself, as a global serial number does. To copy it from an earlier step would make two
 * calls one.
 */
function isOwnNumber({ name, schema }: PropertySchema, { operation }: Asked): boolean {
  if (operation.readOnly === true) return false;
  const words = wordsOf(name);
  const isNumber = words.length > 1 && numberWords.has(words.at(-1) ?? '') && ownWords.has(words.at(-2) ?? '');
  const most = keyword(schema, 'maxLength');
  const pattern = textKeyword(schema, 'pattern');
  const fits = pattern === undefined || matches(pattern, '0198f3b2-7c1e-7d5a-9f00-0123456789ab/step');
  return (
    isNumber &&
    words.length === 2 &&
    typesOf(schema).includes('string') &&
    fits &&
    !(typeof most === 'number' && most < 64)
  );
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return false;
  }
}

/** The run's id and the step's, in a forEach the item's too: the same on every retry, and no other call has it. */
function ownNumber(pointer: string, { nodeId, reach }: Asked): Suggestion {
  const run = { var: 'run.id' };
  const parts = reach.schemas['index'] === undefined ? [run, `/${nodeId}`] : [run, `/${nodeId}-`, { var: 'index' }];
  return { pointer, value: { $: { cat: parts } }, score: 75, reason: 'run', path: 'run.id' };
}
