// @ts-check
import { createServer } from 'node:net';

/** A server that can be told how to treat the next calls. */
export async function startPeer() {
  /** @type {import('@heddle/connectors/sdk/contract').PeerBehaviour} */
  let behaviour = 'answer';
  /** @type {{ idempotencyKey: string | undefined, attempt: string | undefined }[]} */
  let received = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    let text = '';
    /** @type {NodeJS.Timeout | undefined} */
    let dripping;
    socket.on('close', () => clearInterval(dripping));
    socket.on('data', (chunk) => {
      text += chunk;
      if (!text.includes('\n')) return;
      const { key, attempt, input } = JSON.parse(text);
      received.push({ idempotencyKey: key, attempt: String(attempt) });
      if (behaviour === 'answer') socket.end(`${JSON.stringify({ value: { echo: input } })}\n`);
      if (behaviour === 'refuse') socket.end(`${JSON.stringify({ error: 'I will not' })}\n`);
      if (behaviour === 'hang-up') socket.destroy();
      if (behaviour === 'trickle') dripping = setInterval(() => socket.write(' '), 5);
      if (behaviour === 'flood') socket.write(' '.repeat(4_000_000));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  return {
    address: `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    peer: {
      /** @param {import('@heddle/connectors/sdk/contract').PeerBehaviour} next */
      behave(next) {
        behaviour = next;
        received = [];
      },
      received: () => received,
    },
    close: () => new Promise((resolve) => server.close(() => resolve(undefined))),
  };
}
