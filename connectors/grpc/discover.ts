import { CallError, type ConnectorHost, type Discovered, type DiscoveredOperation, secretOf } from '../sdk/index.ts';
import { Clients, loadGrpc } from './channel.ts';
import { type FileDescriptor, writeFiles } from './descriptors.ts';
import { judge } from './judge.ts';
import { operationNames } from './operation-names.ts';
import { readProtos } from './proto-text.ts';
import { reflect, rejected } from './reflection.ts';
import { resolveTypes } from './resolve.ts';
import { collectedSchemaOf, schemaOf } from './schema.ts';
import { checkReaching, type From, MAX_MESSAGES } from './schemas.ts';
import { type MethodType, type ServiceType, TypesError } from './types.ts';

/** What is known of a server, however it was learnt. */
interface Learnt {
  readonly files: readonly FileDescriptor[];
  /** To take; default all that the files have. */
  readonly services: readonly string[] | undefined;
  readonly warnings: readonly string[];
}

const MAX_REFLECTED_BYTES = 32 * 1_048_576;

/** One Heddle service of a server, whose operations are the methods of its services. */
export async function discover(from: From, host: ConnectorHost): Promise<Discovered> {
  const [wrong] = checkReaching(from);
  if (wrong) throw rejected(wrong.message, wrong.pointer);
  const learnt = from.protos ? await fromTexts(from.protos, from.services) : await fromServer(from, host);
  try {
    return describe(from, learnt);
  } catch (error) {
    if (error instanceof TypesError) throw rejected(error.message);
    throw error;
  }
}

async function fromTexts(
  protos: Readonly<Record<string, string>>,
  services: readonly string[] | undefined,
): Promise<Learnt> {
  return { files: await readProtos(protos), services, warnings: [] };
}

async function fromServer(from: From, host: ConnectorHost): Promise<Learnt> {
  const grpc = await loadGrpc();
  const clients = new Clients(grpc, from, host);
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(from.metadata ?? {}))
    metadata.set(name, typeof value === 'string' ? value : secretOf(host, value));
  const rules = { statusNames: grpc.status, didNotActOn: [], types: undefined };
  try {
    const { services, files, missing } = await clients.use(MAX_REFLECTED_BYTES, async (client) => {
      await connected(client, from.connectTimeoutMs ?? 3_000);
      return reflect({ grpc, client, metadata, judge: (error) => judge(error, true, rules) }, from.services);
    });
    const warnings = missing.map((name) => `The server imports ${name} but does not have it`);
    return { files, services, warnings };
  } catch (error) {
    if (error instanceof TypesError) throw rejected(`the server’s descriptors cannot be read: ${error.message}`);
    throw error;
  } finally {
    clients.close();
  }
}

function connected(client: import('@grpc/grpc-js').Client, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    client.waitForReady(Date.now() + timeoutMs, (error) => {
      if (!error) return resolve();
      const facts = { kind: 'unavailable', retryable: true, mayHaveActed: false, cause: error } as const;
      reject(new CallError(`nobody answers within ${timeoutMs} ms`, facts));
    });
  });
}

function describe(from: From, { files, services: wanted, warnings }: Learnt): Discovered {
  const types = resolveTypes(files);
  const lost = wanted?.find((name) => !types.services.has(name));
  if (lost !== undefined)
    throw rejected(`there is no service ${lost}; there are: ${[...types.services.keys()].join(', ')}`, '/services');
  const services = [...types.services.values()].filter(({ name }) => wanted?.includes(name) ?? true);
  const methods = services.flatMap((service) => [...service.methods.values()].map((method) => ({ service, method })));
  const names = operationNames(methods.map(({ service, method }) => ({ service: service.name, method: method.name })));
  const operations: { [id: string]: DiscoveredOperation } = {};
  const skipped: { pointer: string; what: string; reason: string }[] = [];
  methods.forEach(({ service, method }, index) => {
    const result = operationOf(service, method);
    if ('reason' in result) skipped.push({ pointer: `/${service.name}/${method.name}`, what: 'method', ...result });
    else operations[names[index] ?? method.name] = result;
  });
  if (Object.keys(operations).length === 0) throw rejected(nothing(services, skipped[0]?.reason));
  const { address, tls, metadata, allowAddresses, connectTimeoutMs } = from;
  const [only] = services;
  const description = services.length === 1 ? only?.description : undefined;
  return {
    title: services.length === 1 && only ? last(only.name) : (packageOf(services) ?? address),
    ...(description !== undefined && { description }),
    config: {
      address,
      ...(tls && { tls: tls as Discovered['config'] }),
      ...(metadata && { metadata }),
      ...(allowAddresses && { allowAddresses }),
      ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
      descriptors: writeFiles(neededFiles(files, services)),
    },
    operations,
    skipped,
    warnings: [...warnings, ...repeatable(methods.map(({ method }) => method))],
  };
}

function operationOf(service: ServiceType, method: MethodType): DiscoveredOperation | { readonly reason: string } {
  if (method.clientStreaming)
    return { reason: 'it takes a stream of messages: an operation has one input and one answer' };
  try {
    const collect = method.serverStreaming ? { collect: { maxMessages: MAX_MESSAGES } } : {};
    const description = [method.isDeprecated && 'Deprecated.', method.description].filter(Boolean).join(' ');
    return {
      title: method.name,
      ...(description !== '' && { description }),
      ...(method.effects === 'none' && { readOnly: true }),
      request: schemaOf(method.request, 'request'),
      response: method.serverStreaming
        ? collectedSchemaOf(method.response, MAX_MESSAGES)
        : schemaOf(method.response, 'response'),
      binding: { service: service.name, method: method.name, ...collect },
    };
  } catch (error) {
    if (error instanceof TypesError) return { reason: error.message };
    throw error;
  }
}

/** The files of the services, and what they import. */
function neededFiles(files: readonly FileDescriptor[], services: readonly ServiceType[]): readonly FileDescriptor[] {
  const taken = new Set(services.map(({ name }) => name));
  const byName = new Map(files.map((file) => [file.name, file]));
  const needed = new Set<FileDescriptor>();
  const need = (file: FileDescriptor | undefined) => {
    if (!file || needed.has(file)) return;
    needed.add(file);
    for (const name of file.dependency) need(byName.get(name));
  };
  for (const file of files) {
    const prefix = file.package === '' ? '' : `${file.package}.`;
    if (file.service.some(({ name }) => taken.has(prefix + name))) need(file);
  }
  return [...needed];
}

function nothing(services: readonly ServiceType[], reason: string | undefined): string {
  if (services.length === 0) return 'there is no service but those of gRPC itself';
  return reason === undefined ? 'the services have no methods' : `no method can be called; the first: ${reason}`;
}

function repeatable(methods: readonly MethodType[]): readonly string[] {
  const named = methods.filter(({ effects, clientStreaming }) => effects === 'idempotent' && !clientStreaming);
  if (named.length === 0) return [];
  const names = named.map(({ name }) => name).join(', ');
  return [`These say that they may be repeated: set their safety to idempotent if they are: ${names}`];
}

/** Of all of them; `undefined` if they are of several, or of none. */
function packageOf(services: readonly ServiceType[]): string | undefined {
  const packages = new Set(services.map(({ name }) => name.slice(0, Math.max(0, name.lastIndexOf('.')))));
  const [only] = packages;
  return packages.size === 1 && only !== '' ? only : undefined;
}

const last = (name: string) => name.slice(name.lastIndexOf('.') + 1);
