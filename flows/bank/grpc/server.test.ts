import { type ChannelCredentials, credentials, loadPackageDefinition, Metadata } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import protobuf from 'protobufjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bank, startBank } from '../bank.ts';
import { proto } from './proto.ts';

let bank: Bank;
let address: string;
beforeEach(async () => {
  bank = await startBank({ port: 0, dataDir: ':memory:', grpcPort: 0 });
  const all = (await (await fetch(`${bank.url}/_bank/services`)).json()) as {
    id: string;
    config: { address: string };
  }[];
  address = all.find(({ id }) => id === 'core-ledger-grpc')?.config.address ?? '';
});
afterEach(() => bank.close());

type Answered = (error: Error | null, answer: Record<string, unknown>) => void;
type Methods = Record<string, (input: object, metadata: Metadata, answered: Answered) => void>;
type ClientClass = new (address: string, credentials: ChannelCredentials) => Methods & { close(): void };

const { root } = protobuf.parse(proto, { keepCase: true });
const definition = loadPackageDefinition(fromJSON(root.resolveAll().toJSON(), { keepCase: true }));
const clients = definition['bank'] as unknown as Record<string, ClientClass>; // what the library makes of the proto

function call(service: string, method: string, input: object, key?: string): Promise<Record<string, unknown>> {
  const metadata = new Metadata();
  if (key !== undefined) metadata.set('idempotency-key', key);
  const client = new (clients[service] ?? expect.fail(service))(address, credentials.createInsecure());
  return new Promise((resolve, reject) => {
    client[method]?.(input, metadata, (error: Error | null, answer: Record<string, unknown>) => {
      client.close();
      if (error) reject(error);
      else resolve(answer);
    });
  });
}

test('an account is read and an amount set aside in the one ledger, once for each key', async () => {
  const accountNo = bank.ledger.accounts.byOwner('C0001')[0]?.accountNo ?? '';
  const before = await call('CoreLedger', 'getAccount', { accountNo });
  const first = await call('CoreLedger', 'hold', { accountNo, amount: '10.00' }, 'k1');
  expect(await call('CoreLedger', 'hold', { accountNo, amount: '10.00' }, 'k1')).toEqual(first);
  const overHttp = (await (await fetch(`${bank.url}/core-ledger/accounts/${accountNo}`)).json()) as {
    heldAmount: string;
  };
  expect(Number(overHttp.heldAmount) - Number(before['heldAmount'])).toBe(10);
  const released = await call('CoreLedger', 'unhold', { holdId: first['holdId'] }, 'k2');
  expect(released).toMatchObject({ status: 'released', amount: '10.00' });
  expect(await call('Score', 'score', { customerId: 'C0001', amount: '1.00' })).toMatchObject({ customerId: 'C0001' });
});

test.each([
  ['hold', { accountNo: '1' }, 'k', 3],
  ['hold', { accountNo: 'gone', amount: '1.00' }, undefined, 3],
  ['unhold', { holdId: 'S-gone' }, 'k', 5],
])('%s of %j is refused', async (method, input, key, code) => {
  await expect(call('CoreLedger', method, input, key)).rejects.toMatchObject({ code });
});
