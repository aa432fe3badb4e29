import { connect, createServer, type Socket } from 'node:net';
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { fromJSON, type PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import protobuf from 'protobufjs';

/** What tests write of a `.proto` text: reading is what they look at, so the library's own types are left out. */
// biome-ignore lint/suspicious/noExplicitAny: messages of whatever type, in tests
export type AnyCall = ServerUnaryCall<any, any> & ServerWritableStream<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type Handler = (call: AnyCall, answer: (error: object | null, message?: any) => void) => void;

export interface GrpcPeer {
  readonly address: string;
  readonly port: number;
  /** Cuts every connection. */
  cut(): void;
  /** From now on bytes to the caller come one every few milliseconds. */
  slow(): void;
  close(): Promise<void>;
}

/** As the library of the peers reads it: fields as written, 64 bits as texts. */
export function packageOf(proto: string): PackageDefinition {
  const { root } = protobuf.parse(proto, { keepCase: true });
  const needed = ['timestamp', 'duration', 'wrappers', 'struct', 'any', 'empty', 'field_mask'];
  for (const name of needed.filter((each) => proto.includes(`google/protobuf/${each}.proto`))) {
    const common = protobuf.common.get(`google/protobuf/${name}.proto`);
    if (common?.nested) root.addJSON(common.nested);
  }
  root.resolveAll();
  return fromJSON(root.toJSON(), { keepCase: true, longs: String, enums: String, oneofs: true });
}

/** A real gRPC server for tests, behind a wire that can be cut and slowed down. */
export async function startGrpcPeer(options: {
  readonly proto: string;
  /** By service and method. */
  readonly handlers: Readonly<Record<string, Readonly<Record<string, Handler>>>>;
  readonly reflection?: 'v1' | 'v1alpha' | 'none';
}): Promise<GrpcPeer> {
  const definition = packageOf(options.proto);
  const server = new Server();
  for (const [name, handlers] of Object.entries(options.handlers)) {
    const service = definition[name];
    if (!service) throw new Error(`the proto has no service ${name}`);
    server.addService(service as never, handlers as unknown as UntypedServiceImplementation);
  }
  if (options.reflection !== 'none') addReflection(server, definition, options.reflection);
  const innerPort = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
  const sockets = new Set<Socket>();
  let isSlow = false;
  const wire = createServer((outside) => {
    const inside = connect(innerPort, '127.0.0.1');
    for (const socket of [outside, inside]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        outside.destroy();
        inside.destroy();
      });
    }
    outside.pipe(inside);
    const waiting: Buffer[] = [];
    inside.on('data', (bytes) =>
      isSlow ? waiting.push(...[...bytes].map((byte) => Buffer.from([byte]))) : outside.write(bytes),
    );
    const trickle = setInterval(() => waiting.length > 0 && outside.write(waiting.shift() ?? ''), 5);
    outside.on('close', () => clearInterval(trickle));
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  const { port } = wire.address() as { port: number }; // what a server that listens on a port has
  return {
    address: `127.0.0.1:${port}`,
    port,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    slow() {
      isSlow = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => wire.close(resolve));
      server.forceShutdown();
    },
  };
}

/** The library serves both versions; older servers only the older. */
function addReflection(server: Server, definition: PackageDefinition, version: 'v1' | 'v1alpha' | undefined): void {
  new ReflectionService(definition).addToServer({
    addService(service, implementation) {
      const isNewer = Object.values(service).some(({ path }) => path.includes('.v1.'));
      if (version === undefined || isNewer === (version === 'v1')) server.addService(service, implementation);
    },
  });
}
