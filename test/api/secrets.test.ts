import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@heddle/engine/config';
import type { Json } from '@heddle/engine/errors';
import { type Engine, startEngine } from '@heddle/engine/server';
import { createLog } from '@heddle/engine/telemetry/index';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Client, clientOf } from './client.ts';

const CANARY = 'canary-7f3a9c-do-not-tell';
const SECOND = 'second-canary-51b0e2';
const lines: string[] = [];
/** The `authorization` of every request. */
const seen: (string | undefined)[] = [];
let folder: string;
let vault: Server;
let port: number;
let engine: Engine;
let api: Client;

/** A service that repeats what it was sent when it refuses, as careless ones do. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-secrets-'));
  seen.length = 0;
  vault = createServer((request, response) => {
    const { authorization } = request.headers;
    seen.push(authorization);
    const status = request.url === '/ok' ? 200 : request.url === '/refuse' ? 403 : 500;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(status === 200 ? { ok: true } : { error: `bad token ${authorization}`, authorization }),
    );
  });
  await new Promise<void>((resolve) => vault.listen(0, '127.0.0.1', resolve));
  port = (vault.address() as AddressInfo).port;
  await open();
});
afterEach(async () => {
  await engine.close();
  vault.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<void> {
  const config = readConfig({ HEDDLE_PORT: '0', HEDDLE_DATA: folder, HEDDLE_LOG: 'debug' });
  const log = createLog({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
  engine = await startEngine({ config, log });
  api = clientOf(engine.url ?? '');
}

const service = (more: object = {}): Json => ({
  id: 'vaulted',
  title: 'Vaulted',
  connector: 'http',
  config: { baseUrl: `http://127.0.0.1:${port}`, headers: { authorization: { secret: 'TOKEN' } } },
  operations: Object.fromEntries(
    ['ok', 'refuse', 'break'].map((id) => [
      id,
      { safety: 'idempotent', request: true, response: true, binding: { method: 'GET', path: `/${id}` } },
    ]),
  ),
  ...more,
});
const flow = (operation: string) => ({
  id: operation,
  start: 'ask',
  nodes: { ask: { type: 'call', service: 'vaulted', operation, input: {} } },
});

test('a secret is sent, and is nowhere else: not in the store, the log, errors, histories or any answer', async () => {
  expect((await api.put('/services/vaulted', service())).status).toBe(200);
  expect((await api.put('/secrets/TOKEN', { value: CANARY }, { 'heddle-user': 'wang' })).body).toEqual({
    name: 'TOKEN',
    services: ['vaulted'],
  });
  const answers: string[] = [];
  const look = async (path: string) => {
    const reply = await api.get(path);
    answers.push(JSON.stringify([reply.body, [...reply.headers]]));
  };
  for (const operation of ['ok', 'refuse', 'break']) {
    await api.post(`/flows/${operation}/versions`, { definition: flow(operation) });
    const run = await api.post(`/flows/${operation}`, {});
    const tried = await api.post(`/services/vaulted/operations/${operation}/try`, { input: {} });
    answers.push(JSON.stringify([run.body, tried.body]));
    const { runs } = (await api.get(`/runs?flow=${operation}`)).body;
    for (const { id } of runs) for (const part of ['', '/history', '/journal']) await look(`/runs/${id}${part}`);
    await look(`/flows/${operation}`);
  }
  for (const path of [
    '/services',
    '/services/vaulted',
    '/secrets',
    '/audit',
    '/metrics',
    '/openapi.json',
    '/services/stats',
  ])
    await look(path);
  expect(seen).toEqual(Array(6).fill(CANARY));
  const everything = answers.join('\n');
  expect(everything).toContain('bad token ***');
  expect(everything).not.toContain(CANARY);
  await engine.close();
  for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file), 'latin1')).not.toContain(CANARY);
  expect(lines.join('')).not.toContain(CANARY);
});

test('it outlives the engine, and can be replaced while calls go on', async () => {
  await api.put('/services/vaulted', service());
  await api.put('/secrets/TOKEN', { value: CANARY });
  const tryOk = async () => (await api.post('/services/vaulted/operations/ok/try', { input: {} })).status;
  await engine.close();
  await open();
  expect([await tryOk(), seen.at(-1)]).toEqual([200, CANARY]);
  await api.put('/secrets/TOKEN', { value: SECOND });
  expect([await tryOk(), seen.at(-1)]).toEqual([200, SECOND]);
});

test('a service that moves does not get it until it has been entered again', async () => {
  await api.put('/services/vaulted', service());
  await api.put('/secrets/TOKEN', { value: CANARY });
  const tryOk = async () => (await api.post('/services/vaulted/operations/ok/try', { input: {} })).body;
  await tryOk();
  expect(seen).toEqual([CANARY]);
  const moved = service({
    config: { baseUrl: `http://localhost:${port}`, headers: { authorization: { secret: 'TOKEN' } } },
  });
  await api.put('/services/vaulted', moved);
  const refused = await tryOk();
  expect(JSON.stringify(refused)).toContain('SECRET_LOCKED');
  expect(JSON.stringify(refused)).toContain('TOKEN was entered for another destination');
  expect(seen).toEqual([CANARY]);
  expect((await api.get('/secrets')).body.secrets).toMatchObject([
    { name: 'TOKEN', uses: [{ service: 'vaulted', state: 'locked', destination: `http://localhost:${port}` }] },
  ]);
  await api.put('/secrets/TOKEN', { value: CANARY });
  await tryOk();
  expect(seen).toEqual([CANARY, CANARY]);
});

test('names without a value are told, and a secret in use is not removed', async () => {
  await api.put('/services/vaulted', service());
  expect((await api.get('/secrets')).body.secrets).toEqual([
    {
      name: 'TOKEN',
      uses: [{ service: 'vaulted', destination: `http://127.0.0.1:${port}`, state: 'missing' }],
    },
  ]);
  await api.put('/secrets/TOKEN', { value: CANARY });
  expect((await api.delete('/secrets/TOKEN')).body.code).toBe('SECRET_IN_USE');
  await api.delete('/services/vaulted');
  expect((await api.delete('/secrets/TOKEN')).status).toBe(204);
  expect((await api.delete('/secrets/TOKEN')).body.code).toBe('NOT_FOUND');
  expect((await api.put('/secrets/no spaces', { value: 'x' })).status).toBe(400);
  expect((await api.put('/secrets/EMPTY', { value: '' })).status).toBe(400);
});

test('a secret that was entered first goes to the first service that names it, and to no second', async () => {
  await api.put('/secrets/TOKEN', { value: CANARY });
  await api.put('/services/vaulted', service());
  await api.put('/services/second', service({ id: 'second' }));
  const states = (await api.get('/secrets')).body.secrets[0].uses.map((use: Json) => JSON.stringify(use));
  expect(states.map((use: string) => /"service":"(\w+)".*"state":"(\w+)"/.exec(use)?.slice(1))).toEqual([
    ['second', 'locked'],
    ['vaulted', 'ready'],
  ]);
});
