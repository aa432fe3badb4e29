import { expect, test } from 'vitest';
import { serviceWith } from './fixture.ts';
import { createServiceRegistry, type ServiceChange } from './registry.ts';

test('revisions count up with every real change, and listeners hear of it', () => {
  const registry = createServiceRegistry();
  const heard: ServiceChange[] = [];
  const stop = registry.onChange((change) => heard.push(change));
  expect(registry.put(serviceWith())).toBe(1);
  expect(registry.put(serviceWith())).toBe(1);
  expect(registry.put(serviceWith({ safety: 'once' }))).toBe(2);
  expect([registry.remove('core'), registry.remove('core')]).toEqual([true, false]);
  stop();
  registry.put(serviceWith());
  expect(heard.map(({ id, revision, service }) => [id, revision, service?.operations['do']?.safety])).toEqual([
    ['core', 1, 'idempotent'],
    ['core', 2, 'once'],
    ['core', 3, undefined],
  ]);
});

test('resolves an operation with the safety in force', () => {
  const registry = createServiceRegistry();
  registry.put(serviceWith());
  expect(registry.resolve('core', 'do')).toMatchObject({ operationId: 'do', safety: 'idempotent', revision: 1 });
  expect(() => registry.resolve('core', '__proto__')).toThrow('no operation');
  expect(() => registry.resolve('other', 'do')).toThrow('no service other');
});

test('lists by id', () => {
  const registry = createServiceRegistry();
  for (const id of ['loans', 'cif', 'core']) registry.put(serviceWith({}, { id }));
  expect(registry.list().map(({ service }) => service.id)).toEqual(['cif', 'core', 'loans']);
});
