import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { brokers, hasFailed, messagesDrill } from './messages.ts';

const all = brokers(`${process.pid}`);
const isThere = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.end());
  });
const there = new Map(
  await Promise.all(Object.entries(all).map(async ([name, { port }]) => [name, await isThere(port)] as const)),
);

/** The short form; `npm run test:messages` sends 10,000 through each broker and kills twice. */
describe.each(Object.entries(all))('%s', (name, broker) => {
  test.skipIf(!there.get(name))(
    'messages go on while the engine is killed: none is lost, none starts two runs',
    async () => {
      const report = await messagesDrill(broker, 300, 1);
      expect(report).toMatchObject({ sent: 300, sentTwice: 15, kills: 1, runs: 300 });
      expect(hasFailed(report) ? report : 'no finding').toBe('no finding');
    },
    120_000,
  );
});
