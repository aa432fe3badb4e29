import type { Client, ClientDuplexStream, Metadata, ServiceError } from '@grpc/grpc-js';
import { CallError, type Json } from '../sdk/index.ts';
import { builtInFiles } from './built-in.ts';
import type { Grpc } from './channel.ts';
import { decode } from './decode.ts';
import { type FileDescriptor, readFile } from './descriptors.ts';
import { encode } from './encode.ts';
import { declareTypes, TypesError } from './types.ts';
import { WireError } from './wire.ts';

const protocol = declareTypes({
  Request: {
    file_by_filename: '3 oneof string',
    file_containing_symbol: '4 oneof string',
    list_services: '7 oneof string',
  },
  Response: {
    file_descriptor_response: '4 Files',
    list_services_response: '6 Services',
    error_response: '7 Failure',
  },
  Files: { file_descriptor_proto: '1 repeated bytes' },
  Services: { service: '1 repeated Service' },
  Service: { name: '1 string' },
  Failure: { error_code: '1 int32', error_message: '2 string' },
});

interface Response {
  readonly file_descriptor_response?: { readonly file_descriptor_proto: readonly string[] };
  readonly list_services_response?: { readonly service: readonly { readonly name: string }[] };
  readonly error_response?: { readonly error_code: number; readonly error_message: string };
}

const MAX_FILES = 5_000;
const MAX_BYTES = 32 * 1_048_576;
const TIMEOUT_MS = 15_000;
/** The newer one first; many servers have only the older. */
const VERSIONS = ['v1', 'v1alpha'] as const;

export interface Reflected {
  readonly services: readonly string[];
  readonly files: readonly FileDescriptor[];
  /** Files that others import and the server does not have. */
  readonly missing: readonly string[];
}

interface AskParts {
  readonly grpc: Grpc;
  readonly client: Client;
  readonly metadata: Metadata;
  readonly judge: (error: ServiceError) => CallError;
}

/**
 * Asks a server what services it has and by what files they are described.
 *
 * @param wanted services to take; default all but those of gRPC itself
 * @throws {CallError} `rejected` if the server has no reflection, or says what cannot be read.
 */
export async function reflect(parts: AskParts, wanted: readonly string[] | undefined): Promise<Reflected> {
  for (const version of VERSIONS) {
    const asking = new Asking(parts, version);
    try {
      return await readAll(asking, wanted);
    } catch (error) {
      if (!(error instanceof NotServed)) throw error;
    } finally {
      asking.close();
    }
  }
  throw rejected(
    'the server does not describe itself: it has no reflection service. Give its .proto files in `protos`',
  );
}

async function readAll(asking: Asking, wanted: readonly string[] | undefined): Promise<Reflected> {
  const listed = (await asking.ask({ list_services: '' })).list_services_response?.service.map(({ name }) => name);
  if (!listed) throw rejected('the server does not list its services');
  const services = wanted ?? listed.filter((name) => !name.startsWith('grpc.'));
  const files = new Map<string, FileDescriptor>();
  const missing: string[] = [];
  const take = (texts: readonly string[] | undefined) => {
    for (const text of texts ?? []) {
      const file = readFile(Buffer.from(text, 'base64'));
      if (!builtInFiles.has(file.name)) files.set(file.name, file);
    }
    if (files.size > MAX_FILES) throw rejected(`the server has more than ${MAX_FILES} files of descriptors`);
  };
  for (const service of services) {
    const { file_descriptor_response: found, error_response: refusal } = await asking.ask({
      file_containing_symbol: service,
    });
    if (!found && wanted)
      throw rejected(`the server has no service ${service}: ${refusal?.error_message}`, '/services');
    take(found?.file_descriptor_proto);
  }
  // Some servers send what a file imports along with it, others have to be asked for each.
  const asked = new Set<string>();
  for (;;) {
    const imported = [...files.values()].flatMap(({ dependency }) => dependency);
    const next = imported.find((name) => !files.has(name) && !asked.has(name) && !builtInFiles.has(name));
    if (next === undefined) return { services, files: [...files.values()], missing };
    asked.add(next);
    const { file_descriptor_response: found } = await asking.ask({ file_by_filename: next });
    if (found) take(found.file_descriptor_proto);
    else missing.push(next);
  }
}

/** The server does not have this version of reflection. */
class NotServed extends Error {
  override readonly name = 'NotServed';
}

/** A conversation with the reflection service: one question, one answer, in turn. */
class Asking {
  readonly #call: ClientDuplexStream<Buffer, Buffer>;
  readonly #grpc: Grpc;
  readonly #judge: AskParts['judge'];
  #bytes = 0;
  #failure: Error | undefined;
  #waiting: { resolve(response: Response): void; reject(error: Error): void } | undefined;

  constructor({ grpc, client, metadata, judge }: AskParts, version: string) {
    this.#grpc = grpc;
    this.#judge = judge;
    this.#call = client.makeBidiStreamRequest<Buffer, Buffer>(
      `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      (bytes) => bytes,
      (bytes) => bytes,
      metadata,
      { deadline: Date.now() + TIMEOUT_MS },
    );
    this.#call.on('data', (bytes: Buffer) => this.#take(bytes));
    this.#call.on('error', (error: ServiceError) => this.#fail(this.#meaning(error)));
    this.#call.on('end', () => this.#fail(rejected('the server ended the reflection before it was over')));
  }

  ask(question: { readonly [field: string]: Json }): Promise<Response> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#waiting = { resolve, reject };
      this.#call.write(encode(protocol('Request'), question));
    });
  }

  close(): void {
    this.#call.cancel();
  }

  #take(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#bytes > MAX_BYTES)
      return this.#fail(rejected(`the server describes itself in more than ${MAX_BYTES} bytes`));
    try {
      const response = decode(protocol('Response'), bytes) as Response; // as declared
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.resolve(response);
    } catch (error) {
      if (!(error instanceof WireError || error instanceof TypesError)) throw error;
      this.#fail(rejected(`the server’s reflection cannot be read: ${error.message}`));
    }
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    this.#waiting?.reject(failure);
    this.#waiting = undefined;
  }

  #meaning(error: ServiceError): Error {
    if (error.code === this.#grpc.status.UNIMPLEMENTED) return new NotServed(error.details);
    return this.#judge(error);
  }
}

export function rejected(message: string, pointer?: string): CallError {
  return new CallError(message, {
    kind: 'rejected',
    retryable: false,
    mayHaveActed: false,
    ...(pointer !== undefined && { body: { pointer } }),
  });
}
