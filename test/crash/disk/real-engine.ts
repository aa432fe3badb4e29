import { createServer, type Server } from 'node:http';
import type { Json } from '@heddle/engine/errors';
import { send } from '../requests.ts';
import { REFUSED, shapes } from './shapes.ts';
import type { Witness } from './witness.ts';

/** The witness as a service that the whole engine calls over HTTP. */
export class WitnessService {
  readonly url: string;
  private readonly server: Server;

  private constructor(server: Server, url: string) {
    this.server = server;
    this.url = url;
  }

  static open(witness: Witness): Promise<WitnessService> {
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', async () => {
        const key = String(request.headers['idempotency-key']);
        const ok = await witness.answer(key, (request.url ?? '').slice(1));
        response.writeHead(ok ? 200 : 409, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ key }));
      });
    });
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number };
        resolve(new WitnessService(server, `http://127.0.0.1:${port}`));
      });
    });
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Tells an engine of the witness, and of the flows that call it. */
export async function prepare(engineUrl: string, witnessUrl: string): Promise<void> {
  const flows = Object.values(shapes).flatMap((shape) => shape.flows as readonly { readonly id: string }[]);
  await send('PUT', `${engineUrl}/services/witness`, {
    id: 'witness',
    title: 'Witness',
    connector: 'http',
    config: { baseUrl: witnessUrl },
    policy: { breaker: false },
    operations: Object.fromEntries([...operationsOf(flows)].map((name) => [name, operation(name)])),
  });
  for (const definition of flows) await send('POST', `${engineUrl}/flows/${definition.id}/versions`, { definition });
}

const operation = (name: string): Json => ({
  safety: 'idempotent',
  request: { type: 'object' },
  response: { type: 'object' },
  binding: { method: 'POST', path: `/${name}` },
});

function operationsOf(flows: readonly unknown[]): Set<string> {
  const named = JSON.stringify(flows).matchAll(/"operation":"([^"]+)"/g);
  return new Set([REFUSED, ...[...named].map(([, name]) => name ?? '')]);
}

/** What came of a request to start a run. */
export type Answer =
  | { readonly kind: 'accepted'; readonly runId: string }
  | { readonly kind: 'refused'; readonly status: number; readonly retryAfter: string | null }
  | { readonly kind: 'unanswered' };

/** Starts a run and waits for nothing. Never sent again. */
export async function startRun(engineUrl: string, flowId: string, input: Json): Promise<Answer> {
  try {
    const response = await fetch(`${engineUrl}/flows/${flowId}?wait=1ms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(10_000),
    });
    const body = (await response.json()) as { readonly runId?: string };
    if (response.ok && body.runId !== undefined) return { kind: 'accepted', runId: body.runId };
    return { kind: 'refused', status: response.status, retryAfter: response.headers.get('retry-after') };
  } catch {
    // The engine was killed under the request, or did not answer in time: nobody knows whether it was accepted.
    return { kind: 'unanswered' };
  }
}

/** Every run of an engine that no other run started, by id. */
export async function runsOf(
  engineUrl: string,
): Promise<Map<string, { readonly status: string; readonly flowId: string }>> {
  const found = new Map<string, { readonly status: string; readonly flowId: string }>();
  for (let before = ''; ; ) {
    const page = await get<{ runs: RunRow[]; next?: string }>(`${engineUrl}/runs?limit=200${before}`);
    for (const { id, status, flowId, parentRun } of page.runs)
      if (parentRun === undefined) found.set(id, { status, flowId });
    if (page.next === undefined) return found;
    before = `&before=${page.next}`;
  }
}

interface RunRow {
  readonly id: string;
  readonly status: string;
  readonly flowId: string;
  readonly parentRun?: string;
}

export async function get<Body>(url: string): Promise<Body> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as Body;
}
