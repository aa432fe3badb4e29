import { expect, test } from 'vitest';
import { validatorIn } from './validator.ts';

const schema = {
  type: 'object',
  required: ['amount'],
  properties: {
    amount: { $ref: '#/$defs/amount' },
    lines: { type: 'array', items: { type: 'object', required: ['qty'], properties: { qty: { type: 'integer' } } } },
  },
  $defs: { amount: { type: 'string', pattern: '^[0-9]+$' } },
} as const;

test('what is missing is said beside the field that it is', () => {
  const { errors } = validatorIn('en').validateFormData({ lines: [{}] }, schema as never);
  expect(errors.map(({ property, name }) => [property, name])).toEqual([
    ['.amount', 'required'],
    ['.lines.0.qty', 'required'],
  ]);
});

test('an item of a list that has not been filled in is missing, not of a wrong type', () => {
  const list = { type: 'array', items: { type: 'string' } } as const;
  const { errors } = validatorIn('en').validateFormData([undefined, 'x'], list as never);
  expect(errors.map(({ property, name }) => [property, name])).toEqual([['.0', 'required']]);
});

test.each([
  { language: 'en', message: /pattern/ },
  { language: 'zh', message: /[\u4e00-\u9fff]/ },
] as const)('faults are told in $language', ({ language, message }) => {
  const [error] = validatorIn(language).validateFormData({ amount: 'x' }, schema as never).errors;
  expect(error?.message).toMatch(message);
});

test('members that are undefined count as absent, and a part knows the definitions of the whole', () => {
  const validator = validatorIn('en');
  expect(validator.isValid(schema as never, { amount: '5', lines: undefined }, schema as never)).toBe(true);
  expect(validator.isValid({ $ref: '#/$defs/amount' } as never, 'x', schema as never)).toBe(false);
});
