import { type Handler, startGrpcPeer } from '@heddle/connectors/grpc/peer';
import type { Json } from '@heddle/engine/errors';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { barriers } from './axe.ts';
import { chromiumPath } from './chromium.ts';
import { openStage, type Stage } from './stage.ts';

const OPERATIONS = 250;
const answer = { description: 'ok', content: { 'application/json': { schema: { type: 'object' } } } };

/** A document of many operations that nobody serves. */
const library = (changes: object = {}) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'Library', version: '1' },
    servers: [{ url: 'http://127.0.0.1:9/v1' }],
    paths: {
      ...Object.fromEntries(
        Array.from({ length: OPERATIONS }, (_, index) => [
          `/shelf-${index}`,
          { get: { operationId: `readShelf${index}`, summary: `Read shelf ${index}`, responses: { 200: answer } } },
        ]),
      ),
      '/photos': {
        post: {
          operationId: 'addPhoto',
          requestBody: { content: { 'multipart/form-data': {} } },
          responses: { 200: answer },
        },
      },
      ...changes,
    },
  });

const proto = `syntax = "proto3";
package bank;
service Quota {
  rpc Read(Account) returns (Account); // a comment ends with its line
}
message Account { string id = 1; }
`;

const vaulted: Json = {
  id: 'vaulted',
  title: 'Vaulted',
  connector: 'http',
  group: 'outside',
  config: { baseUrl: 'http://127.0.0.1:9', headers: { authorization: { secret: 'TOKEN' } } },
  endpoints: [
    { id: 'a', address: { host: '127.0.0.1', port: 9 } },
    { id: 'b', address: { host: '127.0.0.1', port: 10 }, weight: 3 },
  ],
  operations: {
    read: { readOnly: true, request: true, response: true, binding: { method: 'GET', path: '/read' } },
  },
};

describe.skipIf(chromiumPath === undefined)('services', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ flows: false });
    await stage.engine.putService(vaulted);
  });
  afterAll(() => stage?.close());

  const give = async (page: Page, text: string) => {
    await page.getByRole('textbox', { name: 'OpenAPI document' }).fill(text);
    await page.getByRole('button', { name: /^Check/ }).click();
  };
  const get = async (path: string) => (await fetch(stage.engine.url + path)).json() as Promise<Record<string, never>>;

  test('are imported from a document after a look at what would come of it', async () => {
    const { page, context, complaints } = await stage.visit('/app/services');
    await page.getByRole('button', { name: 'Import' }).click();
    await give(page, 'no document');
    await page.getByRole('alert').getByText('IMPORT_INVALID').waitFor();
    await stage.shoot(page, 'services-import-refused');

    await give(page, library());
    await page.getByRole('heading', { name: `Library: ${OPERATIONS} operations` }).waitFor();
    const list = page.getByRole('list', { name: 'Operations' });
    expect(await list.getByRole('listitem').count()).toBe(100);
    await page.getByText('The first 100 of 250').waitFor();
    await page
      .getByRole('listitem')
      .getByText(/multipart/)
      .waitFor();
    await page.getByRole('searchbox', { name: 'Filter operations' }).fill('shelf 249');
    await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
    await stage.shoot(page, 'services-import');
    expect(await barriers(page)).toEqual([]);
    expect((await fetch(`${stage.engine.url}/services/library`)).status).toBe(404);

    await page.getByRole('textbox', { name: 'Id of the service' }).fill('books');
    await page.getByText('You have changed something').waitFor();
    expect(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText(`Imported: Library, ${OPERATIONS} operations.`).waitFor();
    expect(await get('/services/books')).toMatchObject({ config: { baseUrl: 'http://127.0.0.1:9/v1' } });

    await page.getByRole('link', { name: 'See the service' }).click();
    await page.getByRole('heading', { name: /Library/ }).waitFor();
    expect(await page.getByRole('navigation', { name: 'Operations of this service' }).getByRole('button').count()).toBe(
      100,
    );
    await stage.shoot(page, 'services-imported');
    expect(await barriers(page)).toEqual([]);

    // Again under the same id: only what differs is told, and which flows would suffer.
    const definition = {
      id: 'reader',
      start: 'read',
      nodes: { read: { type: 'call', service: 'books', operation: 'readShelf3', input: {} } },
    };
    const published = await fetch(`${stage.engine.url}/flows/reader/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ definition }),
    });
    expect(published.status).toBe(201);
    await page.goto(`${stage.engine.url}/app/services?tab=import`);
    await page
      .getByRole('textbox', { name: 'OpenAPI document' })
      .fill(library({ '/shelf-3': {}, '/shelf-4': undefined }));
    await page.getByRole('textbox', { name: 'Id of the service' }).fill('books');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('0 new, 0 changed, 2 removed').waitFor();
    await page.getByText('Published flows that would no longer fit (1)').waitFor();
    await page.getByRole('link', { name: 'reader' }).waitFor();
    await page.getByRole('checkbox', { name: 'Only what changes' }).check();
    await expect.poll(() => list.getByRole('listitem').count()).toBe(2);
    await stage.shoot(page, 'services-import-diff');
    expect(await barriers(page)).toEqual([]);
    // What the browser itself says of the answer 400 is no fault of the page.
    expect(complaints.filter((complaint) => !/status of 4(00|22)/.test(complaint))).toEqual([]);
    await context.close();
  });

  test('are asked to describe themselves by a form that their connector describes', async () => {
    const { page, context } = await stage.visit('/app/services?tab=import');
    await page.getByText('gRPC', { exact: true }).click();
    await page.getByLabel(/^Address/).waitFor();
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('This is required').first().waitFor();
    await page.getByLabel(/^Address/).fill('127.0.0.1:9');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByRole('alert').getByText('SERVICE_UNAVAILABLE').waitFor();
    const answer: Handler = (_call, done) => done(null, {});
    const peer = await startGrpcPeer({ proto, handlers: { 'bank.Quota': { Read: answer } } });
    await page.getByLabel(/^Address/).fill(peer.address);
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByRole('heading', { name: /Quota: 1 operation/ }).waitFor();
    await peer.close();

    // Without a server to ask: by the texts of its files.
    await page.getByLabel('.proto files').setInputFiles({
      name: 'quota.proto',
      mimeType: 'text/plain',
      buffer: Buffer.from(proto.replace('rpc Read', 'rpc Look')),
    });
    await page.getByText('You have changed something').waitFor();
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByRole('list', { name: 'Operations' }).getByText('bank.Quota Look').waitFor();
    await stage.shoot(page, 'services-import-grpc');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('Imported: Quota, 1 operation.').waitFor();
    await context.close();
  });

  test('are governed at a level that is chosen, and nobody’s change is lost', async () => {
    const { page, context, complaints } = await stage.visit('/app/services/vaulted');
    const policy = page.getByRole('region', { name: 'Policy in force' });
    const row = (part: string) => policy.getByRole('row', { name: new RegExp(`^${part}`) });
    await expect.poll(() => row('Total time').textContent()).toMatch(/10s.*default/);
    await policy.getByRole('button', { name: 'Change: Total time of a call' }).click();
    await policy.getByRole('spinbutton', { name: 'Time (ms)' }).fill('1500');
    await stage.shoot(page, 'services-policy-form');
    expect(await barriers(page)).toEqual([]);
    await policy.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => row('Total time').textContent()).toMatch(/1\.5s.*operation/);

    await policy.getByRole('button', { name: 'Change: Rate limit' }).click();
    await policy.getByText('group outside').click();
    await policy.getByRole('button', { name: 'Save' }).click();
    await policy.getByText('Fill in what is required.').waitFor();
    await policy.getByRole('spinbutton', { name: 'Calls' }).fill('7');
    await policy.getByRole('spinbutton', { name: 'in (ms)' }).fill('1000');
    await policy.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => row('Rate limit').textContent()).toMatch(/7 calls per 1s.*group outside/);

    // Somebody else changes the service while a form is open.
    await policy.getByRole('button', { name: 'Change: Mock' }).click();
    await policy.getByRole('textbox', { name: 'Answer (JSON)' }).fill('{"name": null');
    const other = await fetch(`${stage.engine.url}/services/vaulted/policy`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"timeoutMs":9000}',
    });
    expect(other.status).toBe(200);
    await policy.getByRole('button', { name: 'Save' }).click();
    await policy.getByText('This is not JSON yet').waitFor();
    await policy.getByRole('textbox', { name: 'Answer (JSON)' }).fill('{"name": null}');
    await policy.getByRole('button', { name: 'Save' }).click();
    await policy.getByText('Somebody else has changed this').waitFor();
    await stage.shoot(page, 'services-policy-conflict');
    await policy.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => row('Mock').textContent()).toMatch(/mocked.*\{"name":null\}.*operation/);
    await page.getByRole('button', { name: /read.*mocked/ }).waitFor();
    await stage.shoot(page, 'services-policy');
    expect(await barriers(page)).toEqual([]);

    await page.getByText('A mock answers in place of the service, which is not called.').waitFor();
    await page.getByRole('button', { name: 'Call now' }).click();
    await page.getByText(/^Answered in/).waitFor();
    const live = page.getByRole('region', { name: 'Live figures' });
    await expect.poll(() => live.getByRole('row', { name: /Last minute/ }).textContent()).toMatch(/Last minute[\d.]+1/);
    await page.getByRole('link', { name: 'All services' }).click();
    await expect.poll(() => page.getByRole('row', { name: /Vaulted/ }).textContent()).toMatch(/mocked: 1.*closed/);
    await stage.shoot(page, 'services-live');
    expect(await barriers(page)).toEqual([]);
    expect(complaints.filter((complaint) => !complaint.includes('status of 412'))).toEqual([]);
    await context.close();
  });

  test('show live figures over one connection, and none where it is lost, until it is back', async () => {
    const { page, context } = await stage.visit('/app/settings');
    const streams: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/services/live')) streams.push(request.url());
    });
    await page.route('**/services/live', (route) => route.fulfill({ status: 503 }));
    await page.getByRole('link', { name: 'Services' }).click();
    await page.getByText('No live figures at the moment.').waitFor();
    await page.getByRole('row', { name: /Vaulted/ }).waitFor();
    await page.unroute('**/services/live');
    await page.getByText('No live figures at the moment.').waitFor({ state: 'detached' });

    streams.length = 0;
    await page.goto(`${stage.engine.url}/app/services/vaulted`);
    await page.getByRole('region', { name: 'Endpoints' }).getByText('http://127.0.0.1:10').waitFor();
    await page
      .getByRole('region', { name: 'Live figures' })
      .getByRole('row', { name: /Last minute/ })
      .waitFor();
    expect(streams.length).toBe(1);
    await context.close();
  });

  test('rehearse failures until somebody ends them', async () => {
    const { page, context, complaints } = await stage.visit('/app/services/cif');
    const fault = page.getByRole('region', { name: 'Rehearse a failure' });
    await fault.getByRole('spinbutton', { name: 'Delay (ms)' }).fill('20');
    await fault.getByRole('spinbutton', { name: 'Share of the calls (%)' }).fill('100');
    await fault.getByRole('button', { name: 'Start' }).click();
    await fault.getByText('100% of the calls: delayed by 20ms, then fail with SERVICE_UNAVAILABLE').waitFor();
    expect(await get('/services/faults')).toMatchObject({ faults: [{ service: 'cif', share: 1, startedBy: 'li' }] });
    await page.getByRole('button', { name: /failure rehearsed/ }).waitFor();
    await stage.shoot(page, 'services-fault');
    expect(await barriers(page)).toEqual([]);
    await fault.getByRole('button', { name: 'End now' }).click();
    await fault.getByText(/It ends by itself/).waitFor();
    expect(await get('/services/faults')).toMatchObject({ faults: [] });
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('share calls among endpoints by weights that can be changed', async () => {
    const { page, context, complaints } = await stage.visit('/app/services/vaulted');
    const endpoints = page.getByRole('region', { name: 'Endpoints' });
    await endpoints.getByRole('spinbutton', { name: 'Weight of a' }).fill('5');
    await stage.shoot(page, 'services-endpoints');
    expect(await barriers(page)).toEqual([]);
    await endpoints.getByRole('button', { name: 'Save weights' }).click();
    await endpoints.getByRole('button', { name: 'Save weights' }).waitFor({ state: 'detached' });
    expect(await get('/services/vaulted')).toMatchObject({
      endpoints: [
        { id: 'a', weight: 5 },
        { id: 'b', weight: 3 },
      ],
    });
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('tell which secrets they lack, and get them without anybody seeing them', async () => {
    const { page, context, complaints } = await stage.visit('/app/services/vaulted');
    await page.getByText('A secret of this service has not been entered: TOKEN').waitFor();
    await page.getByRole('link', { name: 'Go to secrets' }).click();
    await page.getByText('not entered yet').waitFor();
    await stage.shoot(page, 'services-secrets');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Enter TOKEN' }).click();
    const box = page.getByLabel('New value of TOKEN');
    expect(await box.getAttribute('type')).toBe('password');
    await box.fill('hush-hush');
    await stage.shoot(page, 'services-secret-form');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('TOKEN is saved.').waitFor();
    await expect.poll(() => page.getByRole('row', { name: /TOKEN/ }).textContent()).toContain('ready');
    expect(await page.content()).not.toContain('hush-hush');

    // Where it moves elsewhere, the secret does not go along.
    const moved = { ...(vaulted as Record<string, Json>) };
    delete moved['endpoints'];
    await stage.engine.putService({
      ...moved,
      config: { baseUrl: 'http://127.0.0.1:11', headers: { authorization: { secret: 'TOKEN' } } },
    });
    await page.goto(`${stage.engine.url}/app/services/vaulted`);
    await page.getByText(/needs to be entered again because the destination changed: TOKEN/).waitFor();
    await stage.shoot(page, 'services-secret-locked');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test.each(['/app/services', '/app/services?tab=import', '/app/services?tab=secrets', '/app/services/vaulted'])(
    '%s is readable in Chinese and in the dark',
    async (path) => {
      const { page, context, complaints } = await stage.visit(path, { language: 'zh', theme: 'dark' });
      await page.locator('main h1').waitFor();
      await page.waitForLoadState('networkidle');
      await stage.shoot(page, `services-zh${path.replaceAll(/[^a-z]/g, '-')}`);
      expect(await barriers(page)).toEqual([]);
      if (path.endsWith('vaulted')) await page.getByRole('button', { name: '修改：模拟应答' }).click();
      await stage.shoot(page, `services-zh${path.replaceAll(/[^a-z]/g, '-')}`);
      expect(await barriers(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});

test.skipIf(chromiumPath === undefined)('in production no failure is rehearsed, and the page says why', async () => {
  const stage = await openStage({ flows: false, env: { HEDDLE_PRODUCTION: '1' } });
  const { page } = await stage.visit('/app/services/cif');
  await page.getByText(/engine runs in production mode/).waitFor();
  expect(await page.getByRole('button', { name: 'Start' }).count()).toBe(0);
  await stage.close();
});
