import { setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { type Clock, systemClock } from './clock.ts';
import { openCore, resetCore } from './core.ts';
import { Faults } from './faults/faults.ts';
import { type GrpcDoor, openGrpc } from './grpc/server.ts';
import { serveControl } from './http/control-routes.ts';
import { type Desk, serveService } from './http/service-routes.ts';
import { Latency } from './latency.ts';
import type { Ledger } from './ledger/ledger.ts';
import { problemOf, Refusal } from './refusal.ts';
import { services } from './services/index.ts';
import { type Database, openDatabase } from './store/database.ts';
import type { Effects } from './store/effects.ts';

export interface BankOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Directory of the database, or `:memory:`. */
  readonly dataDir: string;
  readonly clock?: Clock;
  /** Serve some of it by gRPC too; 0 takes any free port. Default: not. */
  readonly grpcPort?: number | undefined;
}

export interface Bank {
  readonly url: string;
  readonly ledger: Ledger;
  readonly effects: Effects;
  readonly faults: Faults;
  readonly latency: Latency;
  /** Calls since the start or the last reset by `service.operation`, queries included. */
  readonly calls: ReadonlyMap<string, number>;
  /** Back to the seed: no entries but the opening ones, no effects, no faults, no latency. */
  reset(): Promise<void>;
  /** Breaks what hangs, commits what is waiting, closes the database. */
  close(): Promise<void>;
}

/**
 * Opens the sample bank on 127.0.0.1.
 *
 * @throws {Error} If the port is taken or another bank has the data directory open; nothing stays open then.
 */
export async function startBank({ port, dataDir, clock = systemClock, grpcPort }: BankOptions): Promise<Bank> {
  const database = openDatabase(dataDir);
  const closing = new AbortController();
  // Every call that sleeps or hangs listens to it, so there may be any number.
  setMaxListeners(0, closing.signal);
  const core = await openCore({ database, clock, closing: closing.signal });
  const desk: Desk = { core, faults: new Faults(), latency: new Latency(), calls: new Map(), grpcServices: [] };
  let grpc: GrpcDoor | undefined;
  const app = Fastify({
    forceCloseConnections: 'idle',
    bodyLimit: 4 * 1024 * 1024,
    routerOptions: { maxParamLength: 256 },
  });
  const reset = () => resetBank(database, desk);
  try {
    await buildApp(app, desk, reset);
    if (grpcPort !== undefined) grpc = await openGrpc(desk, grpcPort);
    desk.grpcServices = grpc?.services ?? [];
    await app.listen({ port, host: '127.0.0.1' });
  } catch (error) {
    grpc?.close();
    await app.close();
    database.close();
    throw error;
  }
  core.receipts.wake();
  const { port: boundPort } = app.server.address() as AddressInfo; // A TCP server that listens has no other kind.
  return {
    url: `http://127.0.0.1:${boundPort}`,
    ledger: core.ledger,
    effects: core.effects,
    faults: desk.faults,
    latency: desk.latency,
    calls: desk.calls,
    reset,
    close: async () => {
      closing.abort();
      grpc?.close();
      await app.close();
      await core.receipts.close();
      core.writer.close();
      database.close();
    },
  };
}

async function buildApp(app: FastifyInstance, desk: Desk, reset: () => Promise<void>): Promise<void> {
  // Inputs are checked whole by `read-input.ts`, and answers are text already: Fastify need do neither.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler((error: FastifyError | Refusal, _request, reply) => {
    const refusal = error instanceof Refusal ? error : wrap(error);
    return reply.code(refusal.status).header('content-type', 'application/problem+json').send(problemOf(refusal));
  });
  for (const service of services) {
    await app.register((scope) => serveService(scope, desk, service), { prefix: `/${service.id}` });
  }
  await app.register(async (scope) => serveControl(scope, desk, reset), { prefix: '/_bank' });
  app.get('/', () => ({ services: services.map(({ id, title }) => ({ id, title, document: `/${id}/openapi.json` })) }));
}

function wrap(error: FastifyError): Refusal {
  const status = error.statusCode ?? 500;
  if (status >= 500) console.error(error);
  return new Refusal(status >= 500 ? 'STORE_UNAVAILABLE' : 'INVALID_INPUT', error.message, { status, cause: error });
}

async function resetBank(database: Database, { core, faults, latency, calls }: Desk): Promise<void> {
  faults.clear();
  latency.set({});
  calls.clear();
  await resetCore(database, core);
}
