import { expect, test } from 'vitest';
import type { Catalogue } from '../model/catalogue.ts';
import { search, serviceSections, typeSections } from './items.ts';

const operation = { request: {}, response: {} };
const catalogue: Catalogue = new Map([
  [
    'cif',
    {
      id: 'cif',
      title: { en: 'Customers', zh: '客户信息' },
      connector: 'http',
      operations: {
        getCustomer: { ...operation, title: { en: 'Read a customer', zh: '查询客户' } },
        freeze: { ...operation, title: 'Freeze' },
      },
    },
  ],
]);
const sections = [...typeSections, ...serviceSections(catalogue)];

test.each([
  { query: 'choice', first: 'type:choice' },
  { query: '条件', first: 'type:choice' },
  { query: 'getcust', first: 'call:cif.getCustomer' },
  { query: '查询客户', first: 'call:cif.getCustomer' },
  { query: 'customers freeze', first: 'call:cif.freeze' },
  { query: 'cif.fr', first: 'call:cif.freeze' },
])('$query finds $first first', ({ query, first }) => {
  expect(search(sections, query)[0]?.key).toBe(first);
});

test('what is nowhere is not found', () => {
  expect(search(sections, 'nothing like this')).toEqual([]);
});

test('an operation becomes a call that bears its title', () => {
  expect(search(sections, 'getcust')[0]?.draft()).toEqual({
    type: 'call',
    title: { en: 'Read a customer', zh: '查询客户' },
    service: 'cif',
    operation: 'getCustomer',
  });
});
