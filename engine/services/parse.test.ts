import { connectors } from '@heddle/connectors/index';
import { describe, expect, test } from 'vitest';
import { parseService } from './parse.ts';
import { safetyOf } from './service.ts';

const operation = { request: { type: 'object' }, response: true, binding: { method: 'POST', path: '/x' } };
const service = {
  id: 'core',
  title: { en: 'Core', zh: '核心' },
  connector: 'http',
  config: { baseUrl: 'http://127.0.0.1:1' },
  operations: {
    debit: { ...operation, movesMoney: true, safety: 'query', query: { operation: 'status' } },
    status: { ...operation, readOnly: true },
  },
};

function pointersOf(json: unknown): readonly string[] {
  const parsed = parseService(json, connectors);
  return parsed.ok ? [] : parsed.problems.map(({ pointer }) => pointer);
}

const withDebit = (changes: object) => ({
  ...service,
  operations: { ...service.operations, debit: { ...operation, ...changes } },
});

test('takes a service that is in order, as it is', () => {
  expect(parseService(service, connectors)).toEqual({ ok: true, service });
});

test.each([
  { name: 'money without safety', json: withDebit({ movesMoney: true }), at: ['/operations/debit'] },
  {
    name: 'money that is read-only',
    json: withDebit({ movesMoney: true, readOnly: true, safety: 'once' }),
    at: ['/operations/debit/readOnly'],
  },
  {
    name: 'a status query that is not there',
    json: withDebit({ query: { operation: 'toString' } }),
    at: ['/operations/debit/query/operation'],
  },
  {
    name: 'retrying what is to be done once',
    json: withDebit({ safety: 'once', policy: { retry: { attempts: 2 } } }),
    at: ['/operations/debit/policy/retry'],
  },
  { name: 'an unknown connector', json: { ...service, connector: 'telex' }, at: ['/connector'] },
  { name: 'an unknown property', json: { ...service, colour: 'red' }, at: [''] },
  { name: 'an unknown property of an operation', json: withDebit({ colour: 'red' }), at: ['/operations/debit'] },
  { name: 'no object', json: 'core', at: [''] },
  {
    name: 'a policy without its unit',
    json: withDebit({ policy: { timeoutMs: '5s' } }),
    at: ['/operations/debit/policy/timeoutMs'],
  },
])('refuses $name', ({ json, at }) => {
  expect(pointersOf(json)).toEqual(at);
});

test('says everything that is wrong at once', () => {
  const json = {
    ...service,
    config: { baseUrl: 'http://u:p@core/' },
    operations: {
      a: {
        ...operation,
        movesMoney: true,
        binding: { method: 'POST', path: 'x' },
        request: { pattern: '(' },
        response: { $ref: '#/no' },
      },
    },
  };
  expect(pointersOf(json)).toEqual([
    '/config/baseUrl',
    '/operations/a/binding/path',
    '/operations/a/request/pattern',
    '/operations/a/response/$ref',
    '/operations/a',
  ]);
});

test.each([
  [{ safety: 'query' }, 'query'],
  [{ readOnly: true }, 'idempotent'],
  [{}, 'once'],
] as const)('%j is treated as %s', (changes, safety) => {
  expect(safetyOf({ ...operation, ...changes })).toBe(safety);
});

describe('a service of thousands of operations', () => {
  const schema = (index: number) => ({
    type: 'object',
    properties: Object.fromEntries(
      Array.from({ length: 20 }, (_, field) => [`f${index}_${field}`, { type: 'string' }]),
    ),
  });
  const large = (request: object) => ({
    ...service,
    operations: {
      ...Object.fromEntries(
        Array.from({ length: 5_000 }, (_, index) => [
          `op${index}`,
          { ...operation, request: schema(index), response: schema(index) },
        ]),
      ),
      last: { ...operation, request },
    },
  });

  test('is not compiled, so what only that shows is left to the first call', () => {
    const circle = { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } };
    expect(pointersOf(withDebit({ request: circle, readOnly: true }))).toEqual(['/operations/debit/request']);
    expect(pointersOf(large(circle))).toEqual([]);
  });

  test.each([
    [{ type: 'text' }, '/type'],
    [{ properties: { a: { pattern: '(' } } }, '/properties/a/pattern'],
    [{ $ref: '#/$defs/gone' }, '/$ref'],
  ])('is refused for a bad schema all the same: %j', (request, at) => {
    expect(pointersOf(large(request))).toEqual([`/operations/last/request${at}`]);
  });
});
