import type { JsonSchema } from '@heddle/engine/expression/index';
import { choicesOf, itemsOf, propertiesOf, textKeyword, typesOf } from './data-schema.ts';

/**
 * How badly a value of one schema fits another, from 0 (well) upwards; undefined if it does not fit.
 */
export function misfit(source: JsonSchema, target: JsonSchema): number | undefined {
  const from = typesOf(source);
  const to = typesOf(target);
  if (from.length === 0 || to.length === 0) return 8;
  const fitting = from.filter((type) => to.includes(type) || (type === 'integer' && to.includes('number')));
  const isNarrowed = fitting.length === 0 && from.includes('number') && to.includes('integer');
  if (fitting.length === 0 && !isNarrowed) return undefined;
  const parts = [
    fitting.length < from.length || isNarrowed ? 6 : 0,
    choiceMisfit(source, target),
    fitting.includes('object') ? objectMisfit(source, target) : 0,
    fitting.includes('array') ? misfit(itemsOf(source), itemsOf(target)) : 0,
    textMisfit(source, target),
  ];
  return parts.reduce<number | undefined>(
    (sum, part) => (sum === undefined || part === undefined ? undefined : sum + part),
    0,
  );
}

function choiceMisfit(source: JsonSchema, target: JsonSchema): number | undefined {
  const to = choicesOf(target);
  if (to === undefined) return 0;
  const from = choicesOf(source);
  if (from === undefined) return 12;
  const known = from.filter((value) => to.includes(value));
  if (known.length === 0) return undefined;
  return known.length === from.length ? 0 : 6;
}

/** An object must have what the other requires. */
function objectMisfit(source: JsonSchema, target: JsonSchema): number | undefined {
  const offered = propertiesOf(source);
  if (offered.length === 0) return 8;
  let sum = 0;
  for (const { name, schema, required } of propertiesOf(target)) {
    const found = offered.find((property) => property.name === name);
    if (found === undefined && required) return undefined;
    const part = found === undefined ? 0 : misfit(found.schema, schema);
    if (part === undefined) return undefined;
    sum = Math.max(sum, part);
  }
  return sum;
}

function textMisfit(source: JsonSchema, target: JsonSchema): number {
  const [from, to] = [textKeyword(source, 'format'), textKeyword(target, 'format')];
  if (from !== to) return from !== undefined && to !== undefined ? 12 : 2;
  const pattern = textKeyword(target, 'pattern');
  return pattern === undefined || pattern === textKeyword(source, 'pattern') ? 0 : 2;
}
