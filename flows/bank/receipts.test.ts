import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bank, startBank } from './bank.ts';
import { callService } from './testing/call-service.ts';

interface Delivered {
  readonly id: string;
  readonly correlation: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

let dataDir: string;
let bank: Bank;
let receiver: Server;
let callbackUrl: string;
let delivered: Delivered[];
let refusals: number;

beforeEach(async () => {
  delivered = [];
  refusals = 0;
  receiver = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    delivered.push(JSON.parse(Buffer.concat(parts).toString()));
    refusals -= 1;
    response.writeHead(refusals >= 0 ? 503 : 204).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo; // A TCP server that listens has no other kind.
  callbackUrl = `http://127.0.0.1:${port}/receipts`;
  dataDir = mkdtempSync(join(tmpdir(), 'bank-'));
  bank = await startBank({ port: 0, dataDir });
});
afterEach(async () => {
  await bank.close();
  receiver.closeAllConnections();
  receiver.close();
  rmSync(dataDir, { recursive: true });
});

const send = (lastDigits: string, more: object = {}) =>
  callService(`${bank.url}/paygate-hvps/payments`, {
    key: `key ${lastDigits}`,
    body: {
      ...{
        payerAccountNo: '10010000000151',
        payeeAccountNo: `62284800${lastDigits}`,
        payeeName: '收款人',
        amount: '100.00',
      },
      ...{ callbackUrl, receiptDelayMs: 20, correlation: 'run-1', ...more },
    },
  });
const status = async (lastDigits: string) =>
  (await callService(`${bank.url}/paygate-hvps/payments/status`, { method: 'GET', key: `key ${lastDigits}` })).body;

test.each([
  { lastDigits: '0001', final: 'settled', copies: 1 },
  { lastDigits: '9901', final: 'rejected', copies: 1 },
  { lastDigits: '9906', final: 'settled', copies: 2 },
])('…$lastDigits is $final, told $copies times', async ({ lastDigits, final, copies }) => {
  const { body } = await send(lastDigits);
  expect(body).toMatchObject({ status: 'accepted', messageType: 'hvps.111.001.01' });
  await expect.poll(() => delivered.length).toBe(copies);
  const receipt = {
    id: `${body['paymentId']}-receipt`,
    correlation: 'run-1',
    payload: { status: final, reference: body['reference'] },
  };
  expect(delivered).toMatchObject(Array.from({ length: copies }, () => receipt));
  expect(await status(lastDigits)).toMatchObject({ isKnown: true, status: final });
});

test.each([
  { lastDigits: '9902', now: 'processing' },
  { lastDigits: '9903', now: 'unknown' },
  { lastDigits: '9904', now: 'processing' },
  { lastDigits: '9908', now: 'unknown' },
])('…$lastDigits is $now, and known', async ({ lastDigits, now }) => {
  await send(lastDigits, { receiptDelayMs: 0 });
  expect(await status(lastDigits)).toMatchObject({ isKnown: true, status: now });
  expect(delivered).toEqual([]);
});

test('a payment that was never sent is not known', async () => {
  expect(await status('0001')).toEqual({ isKnown: false, status: 'unknown' });
});

test('…9907 is told before the answer', async () => {
  const answer = send('9907').then(() => delivered.length);
  expect(await answer).toBe(1);
});

test('a receipt is repeated until it is taken', async () => {
  refusals = 2;
  await send('0001');
  await expect.poll(() => delivered.length, { timeout: 5_000 }).toBe(3);
  expect(new Set(delivered.map(({ id }) => id)).size).toBe(1);
});

test('a receipt that is due after a restart is delivered by it, and none twice', async () => {
  await send('0001');
  await expect.poll(() => delivered.length).toBe(1);
  await send('0002', { receiptDelayMs: 300 });
  await bank.close();
  bank = await startBank({ port: 0, dataDir });
  await expect.poll(() => delivered.length, { timeout: 5_000 }).toBe(2);
});

test('a receipt goes nowhere but to this machine', async () => {
  expect(await send('0001', { callbackUrl: 'http://example.com/' })).toMatchObject({ status: 400 });
  expect(await status('0001')).toMatchObject({ isKnown: false });
});
