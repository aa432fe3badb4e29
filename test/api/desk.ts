import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '@heddle/engine/errors';

/** A request as the service got it. */
export interface Received {
  readonly path: string;
  readonly body: { readonly [key: string]: Json };
  readonly idempotencyKey: string | undefined;
  readonly traceparent: string | undefined;
}

export interface Desk {
  /** Its entry in the service catalogue. */
  readonly description: { readonly id: string; readonly [key: string]: Json };
  readonly received: Received[];
  /** From now on `slow` answers only once the function returned is called. */
  hold(): () => void;
  close(): Promise<void>;
}

/**
 * A small real service over HTTP. `score` has no score for customers whose id begins with N, `broken` always answers
 * 500, `slow` can be held, `pay` moves money, `refund` gives it back.
 */
export async function startDesk(): Promise<Desk> {
  const received: Received[] = [];
  let gate = Promise.resolve();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = text === '' ? {} : JSON.parse(text);
    const path = request.url ?? '/';
    received.push({
      path,
      body,
      idempotencyKey: request.headers['idempotency-key'] as string | undefined,
      traceparent: request.headers['traceparent'] as string | undefined,
    });
    if (path === '/slow') await gate;
    const [status, answer] = answerTo(path, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    description: describe(`http://127.0.0.1:${port}`),
    received,
    hold() {
      let release = () => {};
      gate = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerTo(path: string, body: { readonly [key: string]: unknown }): [status: number, answer: unknown] {
  const customer = /^\/customers\/(.+)$/.exec(path)?.[1];
  if (customer !== undefined) return [200, { id: customer, name: `Customer ${customer}` }];
  switch (path) {
    case '/score': {
      const { customerId } = body;
      return [200, String(customerId).startsWith('N') ? { customerId } : { customerId, score: 700 }];
    }
    case '/pay':
      return [200, { paymentId: `P-${String(body['amount'])}` }];
    case '/broken':
      return [500, { message: 'core is down', cardNumber: '6222000011112222' }];
    default:
      return [200, body];
  }
}

function describe(baseUrl: string): Desk['description'] {
  const operation = (method: string, path: string, extra: { readonly [key: string]: Json }) => ({
    request: { type: 'object' },
    response: { type: 'object' },
    binding: { method, path },
    ...extra,
  });
  return {
    id: 'desk',
    title: 'Desk',
    connector: 'http',
    config: { baseUrl },
    policy: { breaker: false },
    operations: {
      getCustomer: operation('GET', '/customers/{id}', {
        readOnly: true,
        request: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
        response: {
          type: 'object',
          required: ['id'],
          properties: { id: { type: 'string' }, name: { type: 'string' } },
        },
      }),
      score: operation('POST', '/score', { safety: 'idempotent' }),
      echo: operation('POST', '/echo', { safety: 'idempotent' }),
      slow: operation('POST', '/slow', { safety: 'idempotent' }),
      broken: operation('POST', '/broken', { safety: 'idempotent' }),
      pay: operation('POST', '/pay', { safety: 'idempotent', movesMoney: true }),
      refund: operation('POST', '/refund', { safety: 'idempotent', movesMoney: true }),
    },
  };
}
