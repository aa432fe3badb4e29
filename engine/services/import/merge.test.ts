import { connectors } from '@heddle/connectors/index';
import { expect, test } from 'vitest';
import { parseService } from '../parse.ts';
import type { Operation, Service } from '../service.ts';
import { compareServices, fitToConnector, keepWhatWasSet } from './merge.ts';

const operation: Operation = { request: true, response: true, safety: 'once', binding: { method: 'POST', path: '/x' } };
const service = (operations: Record<string, Operation>, more: Partial<Service> = {}): Service => ({
  id: 'shop',
  title: 'Shop',
  connector: 'http',
  config: { baseUrl: 'http://shop' },
  operations,
  ...more,
});

test('tells what is new, gone and different, whatever the order of members', () => {
  const before = service({
    gone: operation,
    same: { ...operation, request: { type: 'object', title: 'A' } },
    other: operation,
  });
  const after = service({
    same: { ...operation, request: { title: 'A', type: 'object' } },
    other: { ...operation, response: { type: 'string' } },
    fresh: operation,
  });
  expect(compareServices(before, after)).toEqual({
    added: ['fresh'],
    removed: ['gone'],
    changed: [{ operation: 'other', parts: ['response'] }],
  });
});

test('keeps what people have set and what no document says', () => {
  const set = { movesMoney: true, safety: 'query', query: { operation: 'status' }, policy: { timeoutMs: 5 } } as const;
  const headers = { Authorization: { secret: 'SHOP' } };
  const present = service(
    { pay: { ...operation, ...set, title: { en: 'Pay', zh: '付' } }, status: operation },
    { config: { baseUrl: 'http://old', headers }, policy: { timeoutMs: 9 }, owner: 'Shop team' },
  );
  const { service: kept, warnings } = keepWhatWasSet(
    service({ pay: { ...operation, title: 'pay' }, status: operation }),
    present,
  );
  expect(warnings).toEqual([]);
  expect(kept).toMatchObject({
    config: { baseUrl: 'http://shop', headers },
    policy: { timeoutMs: 9 },
    owner: 'Shop team',
  });
  expect(kept.operations['pay']).toEqual({ ...operation, ...set, title: { en: 'Pay', zh: '付' } });
});

test('leaves out what the connector refuses, with its reason', () => {
  const imported = {
    service: service({ good: operation, bad: { ...operation, binding: { method: 'POST', path: '/a?b=1' } } }),
    skipped: [],
    warnings: [],
  };
  const fitted = fitToConnector(imported, connectors);
  expect(Object.keys(fitted.service.operations)).toEqual(['good']);
  expect(fitted.skipped).toMatchObject([
    { pointer: '/paths/~1a?b=1/post', reason: expect.stringContaining('must not contain ?') },
  ]);
});

test('refuses a base URL that the connector refuses', () => {
  const imported = {
    service: service({ a: operation }, { config: { baseUrl: 'ftp://x' } }),
    skipped: [],
    warnings: [],
  };
  expect(() => fitToConnector(imported, connectors)).toThrow('must be http or https');
});

test('drops what people have set and what contradicts the new description, and says so', () => {
  const present = service({
    pay: { ...operation, safety: 'query', query: { operation: 'status' } },
    look: { ...operation, movesMoney: true },
    often: {
      request: true,
      response: true,
      binding: {},
      readOnly: true,
      policy: { timeoutMs: 5, retry: { attempts: 3 } },
    },
    status: operation,
  });
  const imported = service({ pay: operation, look: { ...operation, readOnly: true }, often: operation });
  const { service: kept, warnings } = keepWhatWasSet(imported, present);
  expect(warnings).toEqual([
    expect.stringContaining('pay asked status'),
    expect.stringContaining('look is said to be read-only'),
    expect.stringContaining('often was tried again'),
  ]);
  expect(kept.operations).toEqual({
    pay: { ...operation, safety: 'query' },
    look: { ...operation, movesMoney: true },
    often: { ...operation, policy: { timeoutMs: 5 } },
  });
  expect(parseService(kept, connectors).ok).toBe(true);
});

test('of another connector all of the configuration is compared', () => {
  const imported = {
    service: service({ a: operation }, { connector: 'grpc', config: { address: 'x', descriptors: 'AA==' } }),
    skipped: [],
    warnings: [],
  };
  expect(() => fitToConnector(imported, connectors)).toThrow('the configuration /address must be a host and a port');
});
