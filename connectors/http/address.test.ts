import type { LookupAddress } from 'node:dns';
import { expect, test } from 'vitest';
import { addressRule, guardedLookup, isRange } from '../sdk/index.ts';
import { http } from './index.ts';

const host = { secret: () => undefined, warn() {} };

/** Every way to write an address that a URL takes; the URL parser brings them to one form before they are judged. */
test.each([
  ['http://169.254.169.254', undefined],
  ['http://0xa9fea9fe', undefined],
  ['http://2852039166', undefined],
  ['http://0251.0376.0251.0376', undefined],
  ['http://0xa9.254.43518', undefined],
  ['http://[::ffff:169.254.169.254]', undefined],
  ['http://[::ffff:a9fe:a9fe]', undefined],
  ['http://[0:0:0:0:0:ffff:a9fe:a9fe]', undefined],
  ['http://[64:ff9b::169.254.169.254]', undefined],
  ['http://[fe80::1]', undefined],
  ['http://[::]', undefined],
  ['http://0.0.0.0', undefined],
  ['http://0', undefined],
  ['http://100.100.100.200', undefined],
  ['http://224.0.0.1', undefined],
  ['http://127.0.0.1', ['10.0.0.0/8']],
  ['http://0x7f.1', ['10.0.0.0/8']],
  ['http://2130706433', ['10.0.0.0/8']],
  ['http://[::1]', ['10.0.0.0/8']],
  ['http://[::ffff:127.0.0.1]', ['10.0.0.0/8']],
  ['http://11.0.0.1', ['10.0.0.0/8']],
])('%s is refused with allowAddresses %j', async (baseUrl, allowAddresses) => {
  const config = { baseUrl, ...(allowAddresses && { allowAddresses }) };
  await expect(http.open(config, host)).rejects.toMatchObject({ kind: 'address-refused', mayHaveActed: false });
});

test.each([
  ['http://10.1.2.3', ['10.0.0.0/8']],
  ['http://0xa.1.2.3', ['10.0.0.0/8']],
  ['http://[::ffff:10.1.2.3]', ['10.0.0.0/8']],
  ['http://[fd00::7]', ['fd00::/16']],
  ['http://169.254.1.1', ['169.254.1.1']],
  ['http://127.0.0.1', undefined],
  ['http://192.168.1.1', undefined],
])('%s is taken with allowAddresses %j', async (baseUrl, allowAddresses) => {
  const connection = await http.open({ baseUrl, ...(allowAddresses && { allowAddresses }) }, host);
  await connection.close();
});

test.each([
  'http://core@evil.example/',
  'http://core:pw@evil.example/',
  'http://core.bank/@evil.example/..',
  'http://core.bank//evil.example',
  'http://core.bank\\@evil.example',
  'http://core.bank/a/../b',
  'http://core.bank/a/%2e%2e/b',
  'http://core.bank/?to=evil',
  'http://core.bank/#evil',
  'http://core.bank/ a',
  'http://core.bank\r\n.evil.example',
  'ftp://core.bank',
  'file:///etc/passwd',
  '//core.bank',
  'core.bank',
  'http://core.bank/{host}',
])('the base URL %j is refused as it is written', (baseUrl) => {
  expect(http.configProblems({ baseUrl })).toMatchObject([{ pointer: '/baseUrl' }]);
});

type Resolved = { readonly error: Error | null; readonly address: string | LookupAddress[] };

function look(addresses: string[], allowed: string[] | undefined, all: boolean): Promise<Resolved> {
  const resolver = (_host: string, _options: object, done: (error: null, found: LookupAddress[]) => void) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  return new Promise((resolve) => {
    // Only the one form of dns.lookup that the guard uses.
    const lookup = guardedLookup(addressRule(allowed), resolver as unknown as Parameters<typeof guardedLookup>[1]);
    lookup('core.bank', { all }, (error, address) => resolve({ error, address }));
  });
}

test('a name is connected to by its allowed addresses only', async () => {
  const mixed = ['10.0.0.5', '169.254.169.254', '::ffff:127.0.0.1', '10.0.0.6'];
  const { address } = await look(mixed, ['10.0.0.0/8'], true);
  expect(address).toEqual([
    { address: '10.0.0.5', family: 4 },
    { address: '10.0.0.6', family: 4 },
  ]);
  expect((await look(mixed, ['10.0.0.0/8'], false)).address).toBe('10.0.0.5');
});

test.each([
  { addresses: ['127.0.0.1'], allowed: ['10.0.0.0/8'] },
  { addresses: ['169.254.169.254'], allowed: undefined },
  { addresses: ['::ffff:a9fe:a9fe'], allowed: undefined },
])('a name that resolves to $addresses is refused with allowAddresses $allowed', async ({ addresses, allowed }) => {
  expect((await look(addresses, allowed, true)).error).toMatchObject({ code: 'HEDDLE_ADDRESS_REFUSED' });
});

test('a refused name is reported as such by a call', async () => {
  const connection = await http.open({ baseUrl: 'http://localhost:9', allowAddresses: ['10.0.0.0/8'] }, host);
  const deadline = { remainingMs: () => 1_000, onExpire: () => () => {}, signal: new AbortController().signal };
  const calling = connection.call(
    { operation: 'x', binding: { method: 'GET', path: '/' }, input: {} },
    { idempotencyKey: 'k', attempt: 1, deadline, maxResponseBytes: 1_000 },
  );
  await expect(calling).rejects.toMatchObject({ kind: 'address-refused', mayHaveActed: false, retryable: false });
  await connection.close();
});

test.each([
  ['10.0.0.0/8', true],
  ['10.0.0.1', true],
  ['::1', true],
  ['fd00::/129', false],
  ['10.0.0.0/33', false],
  ['10.0.0', false],
  ['localhost', false],
  ['10.0.0.0/8/8', false],
  ['10.0.0.0/', false],
  ['', false],
])('%j is a range: %s', (text, isOne) => {
  expect(isRange(text)).toBe(isOne);
});
