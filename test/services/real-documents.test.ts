import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startBank } from '@heddle/flows/bank/bank';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../api/house.ts';
import { sampleInputs } from './sample-input.ts';

// Documents that others wrote, from the package @readme/oas-examples (MIT): none is kept here.
const require = createRequire(import.meta.url);
const examples = dirname(require.resolve('@readme/oas-examples/package.json'));
const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace'];

interface Skipped {
  readonly pointer: string;
  readonly what: string;
  readonly reason: string;
}
type Tree = { readonly [key: string]: unknown };

let house: House;
let peer: Server;
let baseUrl: string;
const asked: { readonly method: string; readonly url: string }[] = [];

beforeAll(async () => {
  house = await openHouse();
  peer = createServer((request, response) => {
    asked.push({ method: request.method ?? '', url: request.url ?? '' });
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
  });
  await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(peer.address() as AddressInfo).port}/v1`; // what a server that listens on a port has
});
afterAll(async () => {
  await house.close();
  await new Promise((resolve) => peer.close(resolve));
});

const read = (name: string) => readFileSync(join(examples, name), 'utf8');
/** The same document in JSON, which the package has of each: what is expected is not read by what is tested. */
const treeOf = (name: string): Tree => JSON.parse(read(name.replaceAll('yaml', 'json')));

/** What a pointer leads to; references in between are followed, as a reader of the document would. */
function at(document: Tree, pointer: string): unknown {
  let value: unknown = document;
  for (const part of pointer.split('/').slice(1)) {
    value = (value as Tree | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
    const reference = (value as Tree | undefined)?.['$ref'];
    if (typeof reference === 'string') value = at(document, decodeURIComponent(reference.slice(1)));
  }
  return value;
}

function countOperations(document: Tree): number {
  const items = Object.keys(document['paths'] ?? {}).map((path) =>
    at(document, `/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
  return items.flatMap((item) => Object.keys(item ?? {}).filter((key) => METHODS.includes(key))).length;
}

/** How many operations take their sample, and which do not. */
async function tryAll(id: string): Promise<{ taken: number; refused: string[] }> {
  const { body: service } = await house.api.get(`/services/${id}`);
  const refused: string[] = [];
  let taken = 0;
  let length = asked.length;
  for (const [name, operation] of Object.entries<Tree>(service.operations)) {
    const answers: string[] = [];
    for (const input of sampleInputs(operation['request'])) {
      const before = asked.length;
      const { status, body } = await house.api.post(`/services/${id}/operations/${name}/try`, { input });
      answers.push(`${name} ${JSON.stringify(input)} ${status} ${JSON.stringify(body.problems ?? body.error)}`);
      if (status === 200 && asked.length > before) break;
    }
    if (asked.length > length) taken += 1;
    else refused.push(...answers);
    length = asked.length;
  }
  return { taken, refused };
}

test.each([
  // document, operations, imported, skipped operations, further skips, sample inputs taken. Where fewer are taken, the
  // document asks for one of several schemas that overlap, and has no discriminator beside them.
  ['2.0/yaml/petstore.yaml', 20, 19, 1, 1, 19],
  ['3.0/json/star-trek.json', 120, 120, 0, 0, 120],
  ['3.0/json/parameters-style.json', 25, 10, 15, 18, 10],
  ['3.0/yaml/schema-circular.yaml', 3, 2, 1, 1, 2],
  ['3.0/json/discriminators.json', 10, 10, 0, 0, 9],
  ['3.0/yaml/server-path-level.yaml', 7, 2, 5, 0, 2],
  ['3.1/json/readme.json', 54, 50, 4, 1, 50],
  ['3.1/yaml/train-travel.yaml', 7, 7, 0, 0, 7],
])(
  '%s: of %i operations %i are imported',
  async (name, operations, imported, left, more, samples) => {
    const document = treeOf(name);
    const id = name.replace(/[^a-z0-9]+/g, '-').replace(/^/, 'd');
    const request = { text: read(name), id, baseUrl };
    const look = await house.api.post('/services/import', request);
    expect([look.status, look.body.problems ?? []]).toEqual([200, []]);
    expect((await house.api.get(`/services/${id}`)).status).toBe(404);

    const saved = await house.api.post('/services/import', { ...request, dryRun: false });
    const skipped: readonly Skipped[] = saved.body.skipped;
    const whole = skipped.filter(({ what }) => what === 'operation');
    expect({
      operations: countOperations(document),
      imported: saved.body.operations,
      left: whole.length,
      more: skipped.length - whole.length,
    }).toEqual({ operations, imported, left, more });
    expect(imported + left).toBe(operations);
    expect(saved.body.skipped).toEqual(look.body.skipped);
    for (const { pointer, reason } of skipped) {
      expect(at(document, pointer), pointer).toBeDefined();
      expect(reason).toMatch(/\w+ \w+/);
    }

    const service = await house.api.get(`/services/${id}`);
    expect([service.status, Object.keys(service.body.operations).length]).toEqual([200, imported]);
    asked.length = 0;
    const { taken, refused } = await tryAll(id);
    expect(taken, refused.join('\n')).toBe(samples);
    expect(asked.filter(({ url }) => !url.startsWith('/v1/') || /[{}]|%7B/i.test(url))).toEqual([]);
  },
  60_000,
);

test('a document of file uploads alone is refused, with the first reason', async () => {
  const { status, body } = await house.api.post('/services/import', {
    text: read('3.0/yaml/file-uploads.yaml'),
    baseUrl,
  });
  expect([status, body.code]).toEqual([422, 'IMPORT_INVALID']);
  expect(body.detail).toMatch(
    /none of the 3 parts .* \/paths\/~1anything~1image-png\/post .* image\/png cannot be sent/,
  );
});

test('a document of the sample bank is imported, and its service called', async () => {
  const bank = await startBank({ port: 0, dataDir: ':memory:' });
  try {
    const text = await (await fetch(`${bank.url}/core-ledger/openapi.json`)).text();
    const look = await house.api.post('/services/import', { text, id: 'ledger', baseUrl: bank.url });
    expect([look.status, look.body.operations, countOperations(JSON.parse(text))]).toEqual([200, 15, 15]);
    expect(look.body.skipped).toEqual([]);
    await house.api.post('/services/import', { text, id: 'ledger', baseUrl: bank.url, dryRun: false });
    const accountNo = bank.ledger.accounts.byOwner('C0001')[0]?.accountNo ?? '';
    const { body } = await house.api.post('/services/ledger/operations/getAccount/try', { input: { accountNo } });
    expect(body).toMatchObject({ ok: true, output: { accountNo, currency: 'CNY' } });
  } finally {
    await bank.close();
  }
});

test('a local file that a document refers to is not opened', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-documents-'));
  try {
    const [canary, control] = ['canary.json', 'control.json'].map((name) => join(folder, name));
    if (canary === undefined || control === undefined) throw new Error('two files');
    const longAgo = new Date('2001-02-03T04:05:06Z');
    for (const file of [canary, control]) {
      writeFileSync(file, '{"type":"object","title":"CANARY"}');
      utimesSync(file, longAgo, new Date());
    }
    const wasOpened = (file: string) => statSync(file).atime.getTime() !== longAgo.getTime();
    let text = read('3.1/json/train-travel.json');
    const references = [canary, `file://${canary}`, '../canary.json', `${canary}#/properties/id`];
    for (const [index, name] of ['Station', 'Trip', 'Booking', 'Links-Self'].entries())
      text = text.replaceAll(`"#/components/schemas/${name}"`, JSON.stringify(references[index]));
    const { status, body } = await house.api.post('/services/import', { text, id: 'canary', baseUrl, dryRun: false });
    expect([status, body.operations]).toEqual([200, 7]);
    const told = body.skipped.map(({ reason }: Skipped) => reason).join('\n');
    for (const reference of references) expect(told).toContain(reference);
    expect(JSON.stringify((await house.api.get('/services/canary')).body)).not.toContain('CANARY');
    expect(wasOpened(canary)).toBe(false);
    readFileSync(control);
    // Some disks do not keep the time of reading; there the content alone has to prove it.
    if (!wasOpened(control)) console.warn('this disk keeps no times of reading: only contents were looked at');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
