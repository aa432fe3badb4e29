import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Peer {
  readonly baseUrl: string;
  readonly port: number;
  readonly requests: readonly PeerRequest[];
  close(): Promise<void>;
}

export interface PeerRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** A real HTTP server for tests, on a port of its own. `answer` is called when the request has arrived in full. */
export async function startPeer(answer: (request: PeerRequest, response: ServerResponse) => void): Promise<Peer> {
  const requests: PeerRequest[] = [];
  const listener: RequestListener = async (request, response) => {
    const { method, url, headers, rawHeaders } = request;
    const parts: string[] = [];
    for await (const part of request.setEncoding('utf8')) parts.push(String(part));
    const got = { method, url, headers, rawHeaders, body: parts.join('') };
    requests.push(got);
    answer(got, response);
  };
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // what a server that listens on a port has
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}
