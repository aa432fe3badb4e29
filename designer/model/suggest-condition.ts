import type { Json, JsonObject } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import { choicesOf, isDecimalText, propertiesOf, typesOf } from './data-schema.ts';
import { type Reach, schemaOfPath } from './reach.ts';
import { sampleOf } from './sample.ts';
import { wordsOf } from './suggest-words.ts';

/** A condition that could be meant. */
export interface ConditionSuggestion {
  readonly path: string;
  readonly logic: Json;
  readonly score: number;
}

const telling = new Set(
  'decision result outcome approved passed allowed valid ok success eligible score grade band level risk action status available balance limit count remaining sufficient match hit flag'.split(
    ' ',
  ),
);

/** Conditions over what the nearest steps answer, best first: fields that tell something come before others. */
export function suggestCondition(reach: Reach): readonly ConditionSuggestion[] {
  const roots = reach.schemas['item'] === undefined ? [] : ['item'];
  const nearest = reach.steps.slice(0, 6).map((id) => `steps.${id}`);
  return [...roots, ...nearest, 'input']
    .flatMap((root, distance) => {
      const sure = !reach.maybe.has(root);
      return propertiesOf(schemaOfPath(reach, root)).flatMap(({ name, schema, required }): ConditionSuggestion[] => {
        const path = `${root}.${name}`;
        const test = testOf(path, schema);
        if (test === undefined) return [];
        const isTelling = wordsOf(name).some((word) => telling.has(word));
        const doubt = (sure && required ? 0 : 20) + (root === 'input' ? 15 : 0);
        return [{ path, logic: test.logic, score: test.score + (isTelling ? 30 : 0) - distance * 2 - doubt }];
      });
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, 12);
}

/** What one would most likely ask of a field. */
function testOf(path: string, schema: JsonSchema): { readonly logic: JsonObject; readonly score: number } | undefined {
  const read = { var: path };
  const [type] = typesOf(schema).filter((name) => name !== 'null');
  const [choice] = choicesOf(schema) ?? [];
  if (type === 'boolean') return { logic: { '==': [read, true] }, score: 60 };
  if (choice !== undefined && (choicesOf(schema)?.length ?? 0) > 1)
    return { logic: { '==': [read, choice] }, score: 55 };
  if (type === 'integer' || type === 'number') return { logic: { '>=': [read, sampleOf(schema)] }, score: 50 };
  if (isDecimalText(schema)) return { logic: { '>=': [{ decCmp: [read, sampleOf(schema)] }, 0] }, score: 45 };
  return undefined;
}
