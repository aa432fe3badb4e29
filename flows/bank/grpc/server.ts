import type { handleUnaryCall, Metadata, Server } from '@grpc/grpc-js';
import { describeOperation } from '../describe.ts';
import { ask, execute } from '../execute.ts';
import { openReader } from '../http/read-input.ts';
import { type Desk, keyOf } from '../http/service-routes.ts';
import type { Operation } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import { services } from '../services/index.ts';
import { proto, served } from './proto.ts';

export interface GrpcDoor {
  /** Descriptions of the services for Heddle's catalogue. */
  readonly services: readonly object[];
  close(): void;
}

type Members = { readonly [member: string]: unknown };

/**
 * Serves some of the bank by gRPC too, with reflection: the same ledger, the same keys. Faults are for HTTP only.
 *
 * @param port 0 takes any free port.
 * @throws {Error} if the port is taken.
 */
export async function openGrpc(desk: Desk, port: number): Promise<GrpcDoor> {
  // Loaded here, because most banks are opened without it.
  const [grpc, loader, { ReflectionService }, { default: protobuf }] = await Promise.all([
    import('@grpc/grpc-js'),
    import('@grpc/proto-loader'),
    import('@grpc/reflection'),
    import('protobufjs'),
  ]);
  const { root } = protobuf.parse(proto, { keepCase: true });
  const definition = loader.fromJSON(root.resolveAll().toJSON(), { keepCase: true, longs: String, enums: String });
  const server = new grpc.Server();
  for (const { service, name, operations } of served) {
    const handlers = operations.map((each) => [each, handlerOf(desk, service, each)] as const);
    server.addService(definition[name] as never, Object.fromEntries(handlers));
  }
  new ReflectionService(definition).addToServer(server);
  const bound = await bind(server, port, grpc.ServerCredentials.createInsecure());
  const config = { address: `127.0.0.1:${bound}`, descriptors: descriptorsOf(Object.values(definition)) };
  return {
    services: served.map(({ service, name, operations }) => describe(service, name, operations, config)),
    close: () => server.forceShutdown(),
  };
}

function operationOf(service: string, name: string): Operation {
  const operation = services.find(({ id }) => id === service)?.operations[name];
  if (!operation) throw new Error(`the bank has no operation ${service}.${name}`);
  return operation;
}

function handlerOf(desk: Desk, service: string, name: string): handleUnaryCall<Members, Members> {
  const operation = operationOf(service, name);
  const read = openReader(operation);
  const perform = async (body: Members, metadata: Metadata) => {
    desk.calls.set(`${service}.${name}`, (desk.calls.get(`${service}.${name}`) ?? 0) + 1);
    const headers = Object.fromEntries(Object.entries(metadata.getMap()).map(([key, value]) => [key, String(value)]));
    const input = read({ body: { ...body }, query: {}, params: {}, headers });
    const call = { service, name, operation, input, key: keyOf({ headers }, operation) };
    const latencyMs = desk.latency.of(`${service}.${name}`);
    if (latencyMs > 0) await desk.core.clock.sleep(latencyMs, desk.core.closing);
    const answer = await (operation.readOnly ? ask(desk.core, call) : execute(desk.core, call));
    return JSON.parse(answer.body) as Members; // what the operation answered
  };
  return (call, done) => {
    perform(call.request, call.metadata).then(
      (answer) => done(null, answer),
      (error: unknown) => done(statusOf(error)),
    );
  };
}

const CODES: Readonly<Record<number, number>> = { 400: 3, 404: 5, 409: 9, 422: 3, 503: 14 };
const INTERNAL = 13;

function statusOf(error: unknown): { readonly code: number; readonly details: string } {
  if (error instanceof Refusal)
    return { code: CODES[error.status] ?? INTERNAL, details: `${error.code}: ${error.message}` };
  console.error(error);
  return { code: INTERNAL, details: 'the bank broke' };
}

function bind(server: Server, port: number, credentials: Parameters<Server['bindAsync']>[1]): Promise<number> {
  return new Promise((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
}

/** A FileDescriptorSet: the files one after the other, each as the field 1. */
function descriptorsOf(entries: readonly object[]): string {
  const files = new Set<string>();
  for (const entry of entries) {
    if (!('fileDescriptorProtos' in entry)) continue;
    for (const file of entry.fileDescriptorProtos as readonly Buffer[]) files.add(file.toString('base64'));
  }
  const parts = [...files].map((text) => {
    const file = Buffer.from(text, 'base64');
    return Buffer.concat([Buffer.from([0x0a, ...varint(file.length)]), file]);
  });
  return Buffer.concat(parts).toString('base64');
}

function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

function describe(service: string, name: string, operations: readonly string[], config: object): object {
  const { title, owner } = services.find(({ id }) => id === service) ?? { title: { en: name, zh: name }, owner: '' };
  return {
    id: `${service}-grpc`,
    title: { en: `${title.en} (gRPC)`, zh: `${title.zh} (gRPC)` },
    owner,
    connector: 'grpc',
    config,
    operations: Object.fromEntries(
      operations.map((each) => {
        const { binding: _http, ...description } = describeOperation(service, operationOf(service, each));
        return [each, { ...description, binding: { service: name, method: each } }];
      }),
    ),
  };
}
