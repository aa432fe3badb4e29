import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeadlines, type Json } from '../sdk/index.ts';
import { writeFiles } from './descriptors.ts';
import { grpc } from './index.ts';
import { packageOf } from './peer.ts';
import { readProtos } from './proto-text.ts';

const proto = 'syntax = "proto3"; package t; service S { rpc M(Q) returns (Q); } message Q { string a = 1; }';
const descriptors = writeFiles(await readProtos({ 'a.proto': proto }));
const folder = mkdtempSync(join(tmpdir(), 'heddle-tls-'));
const pem = (name: string) => readFileSync(join(folder, name), 'utf8');
const host = { secret: (name: string) => (name === 'CA' ? pem('cert.pem') : undefined), warn() {} };
const server = new Server();
let port = 0;

beforeAll(async () => {
  const subject = ['-subj', '/CN=quota.bank', '-addext', 'subjectAltName=DNS:quota.bank,IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      ...subject,
      ...files,
    ],
    { stdio: 'ignore' },
  );
  const service = packageOf(proto)['t.S'];
  server.addService(service as never, {
    M: (call: { request: object }, done: (error: null, answer: object) => void) => done(null, call.request),
  });
  const pair = { cert_chain: Buffer.from(pem('cert.pem')), private_key: Buffer.from(pem('key.pem')) };
  port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createSsl(null, [pair]), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
});
afterAll(() => {
  server.forceShutdown();
  rmSync(folder, { recursive: true });
});

async function call(tls: Json | undefined) {
  const config = { address: `127.0.0.1:${port}`, descriptors, ...(tls !== undefined && { tls }) };
  const connection = await grpc.open(config, host);
  const context = {
    idempotencyKey: 'k',
    attempt: 1,
    deadline: createDeadlines().start(5_000),
    maxResponseBytes: 10_000,
  };
  try {
    return await connection.call(
      { operation: 'x', binding: { service: 't.S', method: 'M' }, input: { a: 'x' } },
      context,
    );
  } finally {
    await connection.close();
  }
}

test.each([{ ca: { secret: 'CA' } }, { ca: { secret: 'CA' }, serverName: 'quota.bank' }])(
  'with the CA of the service it is called: %j',
  async (tls) => {
    expect((await call(tls)).body).toEqual({ a: 'x' });
  },
);

test.each([{}, { ca: { secret: 'CA' }, serverName: 'other.bank' }])(
  'a certificate that does not fit is no connection, now and in a second: %j',
  async (tls) => {
    await expect(call(tls)).rejects.toMatchObject({ kind: 'unavailable', mayHaveActed: false, retryable: false });
  },
);

test('in clear it is not called', async () => {
  await expect(call(undefined)).rejects.toMatchObject({ kind: 'unavailable', retryable: true });
});

test('a certificate that is none is refused', async () => {
  const opening = grpc.open({ address: 'x:1', descriptors, tls: { ca: { secret: 'GONE' } } }, host);
  await expect(opening).rejects.toMatchObject({ kind: 'refused', message: 'there is no secret named GONE' });
});
