import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, clientOf } from '../api/client.ts';
import { type Collector, startCollector } from '../api/collector.ts';
import { engineCommand, freePort } from '../crash/processes.ts';

const CANARY = 'canary-0c1d55-do-not-tell';
let folder: string;
let vault: Server;
let collector: Collector;
let child: ChildProcess | undefined;
let api: Client;
let port: number;
/** What the engine's processes have said. */
let said = '';
let seen = 0;

/** Repeats what it was sent when it refuses, and never answers what is slow. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-canary-'));
  vault = createServer((request, response) => {
    const { authorization } = request.headers;
    if (authorization === CANARY) seen += 1;
    if (request.url === '/slow') return;
    response.writeHead(request.url === '/ok' ? 200 : 422, {
      'content-type': 'application/json',
      'x-echo': authorization,
    });
    response.end(
      JSON.stringify(request.url === '/ok' ? { ok: true } : { error: `bad ${authorization}`, authorization }),
    );
  });
  await new Promise<void>((resolve) => vault.listen(0, '127.0.0.1', resolve));
  collector = await startCollector();
  port = await freePort();
});
afterAll(async () => {
  await kill();
  vault.close();
  vault.closeAllConnections();
  collector.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The engine as it is built, with everything that it says kept. */
async function start(): Promise<void> {
  const env = { HEDDLE_LOG: 'debug', HEDDLE_OTLP_URL: collector.url };
  const { command, args, env: whole } = engineCommand({ port, dataDir: folder, env });
  child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: whole });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (said += String(bytes)));
  api = clientOf(`http://127.0.0.1:${port}`);
  await expect
    .poll(async () => (await fetch(`${api.url}/health`).catch(() => undefined))?.status, { timeout: 20_000 })
    .toBe(200);
}
const kill = () =>
  new Promise<void>((resolve) => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });

const files = () => readdirSync(folder).filter((name) => !name.startsWith('.'));
const hits = () => files().filter((file) => readFileSync(join(folder, file), 'latin1').includes(CANARY));

test('a secret is in no file, line, span or answer after a refusal that repeats it, a timeout and a kill', {
  timeout: 60_000,
}, async () => {
  await start();
  const operation = (id: string, timeoutMs: number) => ({
    safety: 'idempotent',
    request: true,
    response: true,
    binding: { method: 'GET', path: `/${id}` },
    policy: { timeoutMs },
  });
  const { port: vaultPort } = vault.address() as AddressInfo; // what a server that listens on a port has
  await api.put('/services/vaulted', {
    id: 'vaulted',
    title: 'Vaulted',
    connector: 'http',
    config: { baseUrl: `http://127.0.0.1:${vaultPort}`, headers: { authorization: { secret: 'TOKEN' } } },
    policy: { breaker: false },
    operations: {
      ok: operation('ok', 2_000),
      refuse: operation('refuse', 2_000),
      slow: operation('slow', 300),
      hang: { ...operation('slow', 30_000) },
    },
  });
  await api.put('/secrets/TOKEN', { value: CANARY });
  const answers: string[] = [];
  for (const id of ['ok', 'refuse', 'slow', 'hang']) {
    await api.post(`/flows/${id}/versions`, {
      definition: { id, start: 'ask', nodes: { ask: { type: 'call', service: 'vaulted', operation: id, input: {} } } },
    });
    const { body, headers } = await api.post(`/flows/${id}?wait=${id === 'hang' ? '0ms' : '5s'}`, {});
    answers.push(JSON.stringify([body, [...headers]]));
  }
  await expect.poll(() => seen).toBeGreaterThanOrEqual(4);
  expect(hits()).toEqual([]);
  await kill();
  expect(files().some((name) => name.endsWith('-wal'))).toBe(true);
  expect(hits()).toEqual([]);
  const before = seen;
  await start();
  // The call that was under way is made again, with the secret.
  await expect.poll(() => seen, { timeout: 10_000 }).toBeGreaterThan(before);
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  for (const id of ['ok', 'refuse', 'slow']) await api.post(`/flows/${id}?wait=5s`, {}, { traceparent });
  for (const { id } of (await api.get('/runs')).body.runs) {
    for (const part of ['', '/journal']) answers.push(JSON.stringify((await api.get(`/runs/${id}${part}`)).body));
  }
  for (const path of ['/services/vaulted', '/secrets', '/audit', '/metrics', '/openapi.json', '/flows/refuse'])
    answers.push(JSON.stringify((await api.get(path)).body));
  await expect.poll(() => collector.spans.length, { timeout: 15_000 }).toBeGreaterThan(0);
  expect(answers.join()).toContain('bad ***');
  for (const text of [answers.join(), said, JSON.stringify(collector.spans)]) expect(text).not.toContain(CANARY);
  expect(said.length).toBeGreaterThan(0);
  expect(hits()).toEqual([]);
});
