import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '@heddle/engine/errors';

/** One request that reached the service. */
export interface Recorded {
  readonly operation: string;
  readonly key: string;
  /** Epoch ms by the test's own clock. */
  readonly at: number;
  readonly answer: () => void;
}

/** A service that writes down every request, and answers at once unless an operation is held. */
export class Recorder {
  readonly requests: Recorded[] = [];
  readonly held = new Set<string>();
  readonly url: string;
  private readonly server;

  private constructor(server: ReturnType<typeof createServer>) {
    this.server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.take(request, response));
  }

  static open(): Promise<Recorder> {
    const server = createServer();
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(new Recorder(server))));
  }

  /** The service as the catalogue describes it; each operation may be repeated. */
  description(operations: readonly string[]): Json {
    return {
      id: 'recorder',
      title: 'Recorder',
      connector: 'http',
      config: { baseUrl: this.url },
      operations: Object.fromEntries(
        operations.map((name) => [
          name,
          { safety: 'idempotent', request: true, response: true, binding: { method: 'POST', path: `/${name}` } },
        ]),
      ),
    };
  }

  of(operation: string): readonly Recorded[] {
    return this.requests.filter((request) => request.operation === operation);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const operation = (request.url ?? '').slice(1);
    const answer = () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"done":true}');
    };
    request.resume();
    this.requests.push({ operation, key: String(request.headers['idempotency-key']), at: Date.now(), answer });
    if (!this.held.has(operation)) answer();
  }
}

/** Asks until something holds. @throws {Error} after `ms`, default 20,000 */
export async function until(holds: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`not within ${ms} ms: ${holds}`);
}

/** Sends JSON and returns the answer, whatever its status. */
export async function send(
  method: string,
  url: string,
  body?: Json,
): Promise<{ readonly status: number; readonly body: Json }> {
  const response = await fetch(url, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, body: (await response.json()) as Json };
}
