import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type House, openHouse, read } from './house.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const redocly = join(root, 'node_modules/@redocly/cli/bin/cli.js');
let house: House;
let folder: string;

beforeAll(async () => {
  house = await openHouse();
  folder = mkdtempSync(join(tmpdir(), 'heddle-openapi-'));
  await house.publish({
    id: 'plain',
    start: 'end',
    nodes: { end: { type: 'end' } },
  });
  await house.publish({
    id: 'rich',
    title: { en: 'Rich', zh: '丰富' },
    description: 'Everything that a document can show',
    input: {
      type: 'object',
      required: ['id', 'amount'],
      properties: {
        id: { type: 'string', pattern: '^C' },
        amount: { type: ['integer', 'null'], minimum: 1 },
        kind: { enum: ['a', 'b'] },
        lines: { type: 'array', items: { type: 'object', properties: { qty: { type: 'integer' } } } },
      },
    },
    triggers: [
      { type: 'http', method: 'GET', path: '/rich/{id}' },
      { type: 'http', method: 'POST', path: '/rich/{id}/orders' },
      { type: 'http', method: 'DELETE', path: '/rich/{id}', wait: '1s' },
    ],
    start: 'echo',
    nodes: { echo: call('echo', { id: read('input.id') }) },
  });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await house.close();
});

/** What redocly's recommended rules say against a document: nothing, or one line per problem. */
function lint(document: object): string[] {
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const args = [redocly, 'lint', file, '--config', join(root, 'test/api/redocly.yaml'), '--format', 'json'];
  let output: string;
  try {
    output = execFileSync(process.execPath, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  const { problems } = JSON.parse(output) as {
    problems: { ruleId: string; message: string; location: { pointer?: string }[] }[];
  };
  return problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer ?? ''} ${message}`);
}

test.each(['/openapi.json', '/flows/plain/openapi.json', '/flows/rich/openapi.json'])(
  'the linter has nothing to say against %s',
  async (path) => {
    expect(lint((await house.api.get(path)).body)).toEqual([]);
  },
);

test('the linter would have something to say', () => {
  expect(lint({ openapi: '3.1.0', info: { title: 'Bad' }, paths: {} }).length).toBeGreaterThan(0);
});

test('each operation of the engine has a name of its own and says how it fails', async () => {
  const { paths } = (await house.api.get('/openapi.json')).body as {
    paths: Record<string, Record<string, { operationId: string; parameters?: []; responses: Record<string, object> }>>;
  };
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  expect(operations.length).toBeGreaterThan(30);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  const silent = operations.filter(({ parameters, responses }) => {
    const statuses = Object.keys(responses).map(Number);
    return !statuses.some((status) => status >= 400 && (status < 500 || parameters === undefined));
  });
  expect(silent.map(({ operationId }) => operationId)).toEqual([]);
});

test('a flow’s document shows path and query parameters, and the body without what the path says', async () => {
  const { paths } = (await house.api.get('/flows/rich/openapi.json')).body;
  const get = paths['/open/rich/{id}'].get.parameters;
  expect(get.filter((each: { in: string }) => each.in === 'path')).toMatchObject([{ name: 'id', required: true }]);
  expect(get.filter((each: { in: string }) => each.in === 'query').map((each: { name: string }) => each.name)).toEqual([
    'amount',
    'kind',
    'lines',
  ]);
  const { schema } = paths['/open/rich/{id}/orders'].post.requestBody.content['application/json'];
  expect([Object.keys(schema.properties), schema.required]).toEqual([['amount', 'kind', 'lines'], ['amount']]);
});

test('the documentation page loads all that it needs from here, under its content security policy', async () => {
  const page = await house.api.get('/docs/');
  expect(page.status).toBe(200);
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('upgrade-insecure-requests');
  const html = page.body as string;
  // The policy lets no inline script run, so there must be none.
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
  const needed = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(needed.length).toBeGreaterThan(3);
  for (const path of needed) {
    expect(path).toMatch(/^\.?\//);
    const asset = await fetch(new URL(path, `${house.api.url}/docs/`));
    expect([path, asset.status]).toEqual([path, 200]);
    await asset.arrayBuffer();
  }
  const initializer = (await house.api.get('/docs/static/swagger-initializer.js')).body as string;
  expect(initializer).toContain('validatorUrl: null');
  expect((await house.api.get('/docs/json')).body.openapi).toBe('3.1.0');
});

test('answers to machines carry no page headers', async () => {
  const { headers } = await house.api.get('/health');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toBeNull();
});

test('the address of the engine itself shows a page, under a content security policy', async () => {
  const response = await fetch(`${house.api.url}/`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(await response.text()).toContain('<title>Heddle 织云</title>');
});
