import fastify from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { ServiceStream } from './service-stream.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve() {
  let reads = 0;
  const stream = new ServiceStream(() => {
    reads += 1;
    return `{"reads":${reads}}`;
  });
  const app = fastify({ forceCloseConnections: true });
  app.get('/', async (_request, reply) => {
    stream.open(reply);
    return reply;
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  closing.push(() => app.close());
  return { url, stream, reads: () => reads };
}

test('several listeners share one reading a second, and nothing is read for nobody', async () => {
  const { url, reads, stream } = await serve();
  const leave = new AbortController();
  const answers = await Promise.all([1, 2, 3].map(() => fetch(url, { signal: leave.signal })));
  const heard = answers.map(async (answer) => {
    let text = '';
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.split('event: stats').length > 3) return text;
    }
    return text;
  });
  for (const text of await Promise.all(heard)) expect(text).toContain('data: {"reads":4}\n\n');
  // One for each on opening, one a second for all.
  expect(reads()).toBeLessThanOrEqual(3 + 3);
  leave.abort();
  await expect.poll(() => stream.listeners).toBe(0);
  expect(stream.isReading).toBe(false);
});
