import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { designerRoutes, underPolicy } from '@heddle/engine/api/pages';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';

let dir: string;
let app: FastifyInstance;

async function served(designerDir: string | undefined): Promise<FastifyInstance> {
  const app = fastify();
  await underPolicy(app);
  await designerRoutes(app, designerDir);
  return app;
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'heddle-pages-'));
  mkdirSync(join(dir, 'assets'));
  writeFileSync(join(dir, 'index.html'), '<!doctype html><div id="root"></div>');
  writeFileSync(join(dir, 'icon.svg'), '<svg/>');
  writeFileSync(join(dir, 'assets/main-1a2b.js'), 'export {};');
  writeFileSync(join(dir, 'assets/main-1a2b.js.gz'), gzipSync('export {};'));
  writeFileSync(join(dir, 'assets/plain-1a2b.css'), 'a{}');
  app = await served(dir);
});
afterAll(async () => {
  await app.close();
  rmSync(dir, { recursive: true, force: true });
});

test.each(['/', '/app', '/app/flows', '/app/designer/loan-precheck'])('%s is the designer', async (url) => {
  const { statusCode, headers, body } = await app.inject(url);
  expect([statusCode, headers['cache-control'], body]).toEqual([200, 'no-cache', expect.stringContaining('root')]);
  expect(headers['content-type']).toMatch(/^text\/html/);
  const policy = String(headers['content-security-policy']).split(';');
  for (const rule of [
    "default-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "worker-src 'self' blob:",
    "img-src 'self' data:",
    "font-src 'self' data:",
  ])
    expect(policy).toContain(rule);
});

test('what carries a hash in its name is kept for a year', async () => {
  const { headers, body } = await app.inject('/assets/plain-1a2b.css');
  expect([headers['cache-control'], body]).toEqual(['public, max-age=31536000, immutable', 'a{}']);
});

test('what is there compressed is sent compressed to whoever takes it', async () => {
  const url = '/assets/main-1a2b.js';
  const small = await app.inject({ url, headers: { 'accept-encoding': 'gzip, br' } });
  expect([small.headers['content-encoding'], small.headers['content-type']]).toEqual([
    'gzip',
    expect.stringMatching(/javascript/),
  ]);
  expect((await app.inject({ url, headers: { 'accept-encoding': 'identity' } })).body).toBe('export {};');
});

test('files beside the entry are served, what is not there is not', async () => {
  expect((await app.inject('/icon.svg')).headers['content-type']).toMatch(/svg/);
  expect((await app.inject('/assets/gone-0000.js')).statusCode).toBe(404);
  expect((await app.inject('/assets/../index.html')).statusCode).toBe(404);
  expect((await app.inject('/assets/%2e%2e/index.html')).statusCode).toBe(404);
});

test('without a built designer the page says how to build it', async () => {
  const bare = await served(undefined);
  const { statusCode, body } = await bare.inject('/');
  await bare.close();
  expect([statusCode, body]).toEqual([200, expect.stringContaining('npm start')]);
});
