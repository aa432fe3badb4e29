const TYPES: readonly unknown[] = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];
const COUNTS = new Set([
  'maxContains',
  'maxItems',
  'maxLength',
  'maxProperties',
  'minContains',
  'minItems',
  'minLength',
  'minProperties',
]);
const NUMBERS = new Set(['exclusiveMaximum', 'exclusiveMinimum', 'maximum', 'minimum']);

/**
 * What is wrong with the value of a plain keyword; undefined if nothing is. A validator passes over a keyword whose value
 * it does not understand, and the schema would then accept everything.
 */
export function keywordProblem(name: string, value: unknown): string | undefined {
  if (name === 'type') {
    const types: readonly unknown[] = Array.isArray(value) ? value : [value];
    const unknown = types.find((type) => !TYPES.includes(type));
    return types.length > 0 && unknown === undefined
      ? undefined
      : `${JSON.stringify(unknown ?? value)} is no type; use ${TYPES.join(', ')}`;
  }
  if (name === 'required')
    return Array.isArray(value) && value.every((item) => typeof item === 'string')
      ? undefined
      : 'must be an array of property names';
  if (name === 'enum') return Array.isArray(value) && value.length > 0 ? undefined : 'must be an array of values';
  if (COUNTS.has(name)) return Number.isInteger(value) && Number(value) >= 0 ? undefined : 'must be a whole number';
  if (NUMBERS.has(name)) return typeof value === 'number' ? undefined : 'must be a number';
  if (name === 'multipleOf') return typeof value === 'number' && value > 0 ? undefined : 'must be a number above 0';
  return undefined;
}
