import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { parseDuration } from '../expression/index.ts';
import type { Refusal } from '../runtime/runtime.ts';
import { isBackground, refusalOf } from '../triggers/start-flow.ts';
import type { ApiDeps } from './deps.ts';
import { refusalProblem } from './problem.ts';
import { DEFAULT_WAIT_MS } from './routes/flows.ts';

/**
 * Refuses starts that would not be taken before anything is made of their requests. Under a flood refusals are most of
 * what the engine does: this way one costs little more than its bytes on the socket. Whoever is let through is asked
 * about again when the start is known.
 */
export function refuseEarly(server: Server, deps: Pick<ApiDeps, 'start' | 'store' | 'triggers'>): void {
  const handlers = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const refusal = deps.start.admission.isTight ? refusalOrNone(request, deps) : undefined;
    if (refusal) send(response, refusal);
    else for (const handler of handlers) handler.call(server, request, response);
  });
}

function refusalOrNone(...asked: Parameters<typeof refusalFor>): Refusal | undefined {
  try {
    return refusalFor(...asked);
  } catch {
    return undefined; // a path that is not well encoded: the route says so, in its own words
  }
}

/** Why a request does not start its flow now; undefined if it does, or is about something else. */
function refusalFor(
  { method = '', url = '' }: IncomingMessage,
  { start, store, triggers }: Pick<ApiDeps, 'start' | 'store' | 'triggers'>,
): Refusal | undefined {
  const [path = '', query = ''] = url.split('?', 2);
  if (path.startsWith('/open/')) {
    const found = triggers.match(method, path.slice('/open'.length));
    const entry = found && 'entry' in found ? found.entry : undefined;
    return entry && refusalOf(start, entry.flow, isBackground(entry.waitMs));
  }
  const flowId = method === 'POST' ? /^\/flows\/([a-z0-9-]+)\/?$/.exec(path)?.[1] : undefined;
  const flow = flowId === undefined ? undefined : store.definitions.currentFlow(flowId);
  if (flow === undefined) return undefined;
  const wait = /(?:^|&)wait=([^&]*)/.exec(query)?.[1];
  const waitMs = wait === undefined ? undefined : parseDuration(wait);
  return refusalOf(start, flow, isBackground(waitMs ?? DEFAULT_WAIT_MS));
}

function send(response: ServerResponse, refusal: Refusal): void {
  const { status, headers, text } = refusalProblem(refusal);
  response.writeHead(status, [...headers, 'content-length', String(Buffer.byteLength(text))]).end(text);
}
