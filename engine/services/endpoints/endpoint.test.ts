import { CallError } from '@heddle/connectors/sdk/index';
import { expect, test } from 'vitest';
import { scriptedConnector } from '../fixture.ts';
import { ServiceConnection } from '../service-connection.ts';
import { Endpoint } from './endpoint.ts';

function endpoint(warmUpMs = 0) {
  const { connectors } = scriptedConnector(async () => ({ body: null }));
  const [connector] = connectors.values();
  if (!connector) throw new Error('there is one');
  const connection = new ServiceConnection(connector, {}, { secret: () => undefined, warn: () => {} });
  return new Endpoint({ id: 'a', config: {}, weight: 10, tags: [], warmUpMs, when: undefined }, connection, 1_000);
}

const lost = new CallError('lost', { kind: 'unavailable', retryable: true, mayHaveActed: true });
const refused = new CallError('no', { kind: 'rejected', status: 422, retryable: false, mayHaveActed: false });
const busy = new CallError('busy', { kind: 'unavailable', status: 503, retryable: true, mayHaveActed: true });

test('takes its share bit by bit while it warms up', () => {
  const cold = endpoint(100_000);
  expect([1_000, 51_000, 101_000, 999_000].map((at) => cold.weightAt(at))).toEqual([1, 5, 10, 10]);
  expect(endpoint().weightAt(1_000)).toBe(10);
});

test('is left out after three losses in a row, each time longer, and comes back with one try', () => {
  const shaky = endpoint();
  expect([shaky.failed(lost, 0), shaky.failed(lost, 0), shaky.failed(lost, 0)]).toEqual([undefined, undefined, 5_000]);
  expect([shaky.isUpAt(4_999), shaky.isUpAt(5_000), shaky.outUntil(4_000)]).toEqual([false, true, 5_000]);
  expect(shaky.failed(lost, 5_000)).toBe(10_000);
  expect(shaky.failed(lost, 15_000)).toBe(20_000);
  expect(shaky.failed(lost, 35_000)).toBe(40_000);
  expect(shaky.failed(lost, 75_000)).toBe(60_000);
  shaky.answered();
  expect([shaky.failed(lost, 200_000), shaky.failed(lost, 200_000), shaky.failed(lost, 200_000)]).toEqual([
    undefined,
    undefined,
    5_000,
  ]);
});

test('whoever says no, or is too busy, is there', () => {
  const present = endpoint();
  for (let count = 0; count < 3; count += 1) {
    present.failed(lost, 0);
    present.failed(lost, 0);
    present.failed(count === 1 ? busy : refused, 0);
  }
  expect(present.isUpAt(0)).toBe(true);
});

test('tries that fail while it is left out do not leave it out for longer', () => {
  const shaky = endpoint();
  for (let count = 0; count < 9; count += 1) shaky.failed(lost, 0);
  expect(shaky.outUntil(0)).toBe(5_000);
});
