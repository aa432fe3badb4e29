import { mergePatch } from '@heddle/engine/services/index';
import { describe, expect, test } from 'vitest';
import { isSameImport, splitFiles, withoutEmptied } from './import-form.ts';
import { importRows } from './import-rows.ts';
import { figuresOf, together } from './live.ts';
import { isMocked, safetyOf } from './marks.ts';
import { mockFormOf, mockOf, numbersOf, partOf, parts, patchOf } from './policy-edit.ts';
import { membersOf, rangeOf, resolved, typesOf } from './schema-lines.ts';
import { usesOf } from './uses.ts';

const operation = { request: true, response: true, binding: {} };
const service = { id: 's', title: 'S', connector: 'http', config: {}, operations: { operation } };

test('the most exact level that speaks of a mock decides', () => {
  const mock = { output: 1 };
  expect(isMocked(undefined, service, operation)).toBe(false);
  expect(isMocked({ mock }, service, operation)).toBe(true);
  expect(isMocked({ mock }, { ...service, policy: { mock: false } }, operation)).toBe(false);
  expect(isMocked({ mock: false }, service, { ...operation, policy: { mock } })).toBe(true);
  expect([safetyOf(operation), safetyOf({ ...operation, readOnly: true })]).toEqual(['once', 'idempotent']);
});

describe('a patch of a policy', () => {
  const retry = { attempts: 3, delayMs: 50 };
  const deep = { output: { a: 1, list: [{ x: null }], gone: null } };

  test.each([
    { part: 'timeoutMs', before: 100, after: 200 },
    { part: 'retry', before: retry, after: { attempts: 2 } },
    { part: 'retry', before: retry, after: false },
    { part: 'retry', before: false, after: retry },
    { part: 'breaker', before: { failureRatio: 0.2, openMs: 5 }, after: { windowMs: 9 } },
    { part: 'mock', before: { output: 5, delayMs: 3 }, after: { error: { code: 'SERVICE_ERROR' } } },
    { part: 'mock', before: { error: { code: 'SERVICE_ERROR', message: 'm' } }, after: { error: { code: 'X' } } },
    { part: 'mock', before: { error: { code: 'SERVICE_ERROR' } }, after: { output: 'text', delayMs: 3 } },
    { part: 'mock', before: { output: 1 }, after: { examples: [deep, { output: 2 }] } },
  ] as const)('makes $after of $before', ({ part, before, after }) => {
    expect(mergePatch({ [part]: before, cache: false } as never, patchOf(part, before, after) as never)).toEqual({
      [part]: after,
      cache: false,
    });
  });

  test('keeps what is null in an answer, and nothing of the answer before', () => {
    const merged = mergePatch({ mock: { output: { old: 1 } } }, patchOf('mock', undefined, deep) as never);
    expect(merged).toEqual({ mock: { examples: [deep] } });
    expect(mockOf(mockFormOf((merged as { mock: unknown }).mock, undefined))).toEqual(deep);
    expect(mergePatch({}, patchOf('mock', undefined, { output: null }) as never)).toEqual({
      mock: { examples: [{ output: null }] },
    });
  });

  test('takes a part out', () => {
    expect(mergePatch({ retry }, patchOf('retry', retry, undefined) as never)).toEqual({});
  });
});

test('what the form shows of a part is what it says again', () => {
  const values = {
    timeoutMs: 500,
    retry: { attempts: 2, delayMs: 5 },
    rateLimit: { calls: 5, perMs: 1_000 },
    bulkhead: { concurrent: 3, queue: 0 },
    breaker: { failureRatio: 0.29, openMs: 9 },
    cache: { forMs: 9 },
  };
  for (const part of parts)
    if (part !== 'mock') expect(partOf(part, numbersOf(part, values[part]))).toEqual(values[part]);
  expect(partOf('rateLimit', { calls: 3 })).toBeUndefined();
});

describe('a form to import from', () => {
  test('leaves texts of files to a chooser of files', () => {
    const name = { type: 'string' };
    const texts = (maxLength: number) => ({
      type: 'object',
      patternProperties: { '^.*$': { type: 'string', maxLength } },
    });
    const protos = { ...texts(5_000_000), title: 'Files', description: 'Of it' };
    const { files, rest } = splitFiles({ type: 'object', properties: { name, headers: texts(100), protos } });
    expect(files).toEqual([{ name: 'protos', title: 'Files', description: 'Of it' }]);
    expect(rest).toEqual({ type: 'object', properties: { name, headers: texts(100) } });
  });

  test('forgets what was emptied again, and nothing else', () => {
    const value = { a: '', tls: { ca: { secret: undefined } }, more: {}, list: [undefined, { x: undefined, y: 0 }] };
    expect(withoutEmptied(value)).toEqual({ a: '', more: {}, list: [undefined, { y: 0 }] });
    expect(withoutEmptied({ a: undefined })).toBeUndefined();
  });

  test('knows whether it was changed', () => {
    const from = (address: string) => ({ kind: 'discover', connector: 'grpc', from: { address } }) as const;
    expect(isSameImport(undefined, from('a'))).toBe(false);
    expect(isSameImport(from('a'), from('a'))).toBe(true);
    expect(isSameImport(from('a'), from('b'))).toBe(false);
    expect(isSameImport(from('a'), { ...from('a'), id: 'x' })).toBe(false);
    expect(isSameImport({ kind: 'openapi', text: 'x', id: 'a' }, { kind: 'openapi', text: 'x' })).toBe(false);
  });
});

test('operations that change come first, and those that go are among them', () => {
  const rows = importRows({
    service: { ...service, operations: { a: operation, b: operation, c: operation } },
    diff: { added: ['c'], removed: ['z'], changed: [{ operation: 'b', parts: ['request'] }] },
  });
  expect(rows.map(({ id, change, parts: own }) => [id, change, ...own])).toEqual([
    ['z', 'removed'],
    ['b', 'changed', 'request'],
    ['c', 'added'],
    ['a', 'none'],
  ]);
});

test('figures of operations are put together by service', () => {
  const one = (name: string, calls: number, errorRate: number, p95Ms?: number) => ({
    service: 's',
    operation: name,
    inFlight: 1,
    calls,
    errors: 0,
    breaker: name === 'b' ? 'open' : 'closed',
    last10s: { calls, callsPerSecond: calls / 10, errorRate },
    last60s: { calls, callsPerSecond: calls / 60, errorRate, ...(p95Ms && { p95Ms }) },
  });
  const data = {
    operations: [one('a', 30, 0, 20), one('b', 10, 1, 90), one('c', 0, 0)],
    endpoints: [{ service: 's' }],
  };
  const figures = figuresOf(JSON.stringify(data));
  expect(figures.endpoints.has('s')).toBe(true);
  expect(together(figures.operations.get('s')?.values() ?? [])).toEqual({
    callsPerSecond: 4,
    errorRate: 0.25,
    p95Ms: 90,
    inFlight: 3,
    breaker: 'open',
    calls: 40,
  });
  expect(together([])).toMatchObject({ errorRate: undefined, p95Ms: undefined, breaker: undefined });
});

test('an operation is found where it is called, undone by or asked about, in whatever scope', () => {
  const call = { type: 'call', service: 'pay', operation: 'send' };
  const flow = {
    id: 'f',
    nodes: {
      fork: { type: 'parallel', branches: { a: { start: 'x', nodes: { x: call } } } },
      undo: { ...call, operation: 'other', compensate: { operation: 'send' } },
      ask: { ...call, service: 'else', onUnknown: { query: { service: 'pay', operation: 'send' } } },
      none: { ...call, service: 'else' },
    },
  };
  expect(usesOf([flow], 'pay', 'send')).toEqual([
    { flowId: 'f', node: 'x' },
    { flowId: 'f', node: 'undo' },
    { flowId: 'f', node: 'ask' },
  ]);
});

describe('a schema', () => {
  const root = {
    type: 'object',
    required: ['id'],
    properties: { id: { $ref: '#/$defs/id' }, rows: { type: 'array', items: { $ref: '#/$defs/row' } } },
    $defs: {
      id: { type: 'string' },
      row: { properties: { qty: { type: 'integer' } } },
      loop: { $ref: '#/$defs/loop' },
    },
  };

  test('is shown by its members, through references and lists', () => {
    const members = membersOf(root, root);
    expect(members.map(({ name, required, schema }) => [name, required, typesOf(schema)])).toEqual([
      ['id', true, ['string']],
      ['rows', false, ['array']],
    ]);
    expect(membersOf(members[1]?.schema ?? {}, root).map(({ name }) => name)).toEqual(['qty']);
  });

  test('that refers to itself, or to nothing, does not hang', () => {
    expect(resolved({ $ref: '#/$defs/loop' }, root)).toHaveProperty('$ref');
    expect(typesOf(resolved({ $ref: '#/none' }, root))).toEqual(['any']);
  });

  test('that only names its values has their types', () => {
    expect(typesOf({ enum: ['open', 'closed', null] })).toEqual(['string', 'null']);
  });

  test.each([
    { least: 3, most: 34, text: '3–34' },
    { least: 1, most: undefined, text: '≥ 1' },
    { least: undefined, most: 9, text: '≤ 9' },
    { least: 4, most: 4, text: '4' },
    { least: undefined, most: undefined, text: undefined },
  ])('between $least and $most reads $text', ({ least, most, text }) => {
    expect(rangeOf(least, most)).toBe(text);
  });
});
