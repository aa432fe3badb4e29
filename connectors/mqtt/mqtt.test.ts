import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { type CallContext, createDeadlines, type Message } from '../sdk/index.ts';
import { mqtt } from './index.ts';
import { connectBeside, isBrokerUp, PORT } from './server.ts';
import { filterProblem } from './topic.ts';

// There is no contract of calls here: all that an operation can do is publish, and its answer is the broker's PUBACK.
// Nothing of that can trickle or flood; losses and deadlines of it are in the contract of brokers.

const deadlines = createDeadlines();
const host = { secret: () => undefined, warn() {} };
const config = { host: '127.0.0.1', port: PORT };

function context(idempotencyKey: string): CallContext {
  return { idempotencyKey, attempt: 1, deadline: deadlines.start(5_000), maxResponseBytes: 100_000 };
}

test.each([
  ['a/+/b', undefined],
  ['#', undefined],
  ['a/#', undefined],
  ['a+/b', /\+/],
  ['a/#/b', /#/],
  ['a#', /#/],
  ['$share/g/a', /group/],
  ['', /empty/],
])('the filter %j is judged', (filter, problem) => {
  if (problem) expect(filterProblem(filter)).toMatch(problem);
  else expect(filterProblem(filter)).toBeUndefined();
});

test.each([
  [{ host: 'a b' }, '/host'],
  [{ host: 'h', user: 'u' }, ''],
  [{ host: 'h', password: 'plain' }, '/password'],
  [{ host: 'h', tls: { key: { secret: 'K' } } }, '/tls'],
])('of the configuration %j it says what is wrong at %j', (wrong, pointer) => {
  expect(mqtt.configProblems(wrong).map((problem) => problem.pointer)).toContain(pointer);
});

test('an operation cannot publish to wildcards', () => {
  expect(mqtt.bindingProblems({ action: 'publish', topic: 'a/#' })).toMatchObject([{ pointer: '/topic' }]);
});

const isUp = await isBrokerUp();
describe.skipIf(!isUp)('an MQTT broker', () => {
  const name = `heddle-test-${randomUUID().slice(0, 8)}`;
  const opening = mqtt.open(config, host);
  const clientIds = new Set<string>();
  afterAll(async () => {
    await (await opening).close();
    for (const clientId of clientIds) await (await connectBeside(clientId)).endAsync();
  });

  async function listen(
    filter: string,
    clientId: string,
    take: (message: Message) => Promise<void>,
    states: string[] = [],
  ) {
    clientIds.add(clientId);
    const options = { prefetch: 5, onState: (state: string) => states.push(state) };
    return (await opening).listen?.({ filter, clientId }, take, options);
  }

  test('a message for nobody is rejected, because the broker drops it; one that is retained is not', async () => {
    const connection = await opening;
    const call = (retain: boolean) => {
      const binding = { action: 'publish', topic: `${name}/nobody`, retain };
      return connection.call({ operation: 'x', binding, input: 1 }, context('k'));
    };
    await expect(call(false)).rejects.toMatchObject({
      kind: 'rejected',
      mayHaveActed: false,
      message: expect.stringContaining('nobody'),
    });
    await call(true);
    const clearing = await connectBeside('');
    await clearing.publishAsync(`${name}/nobody`, '', { qos: 1, retain: true });
    await clearing.endAsync();
  });

  test('messages wait for a reader that is away', async () => {
    const connection = await opening;
    const first = await listen(`${name}/away`, `${name}-away`, async () => {});
    await first?.close();
    await connection.publish?.({ topic: `${name}/away`, payload: 1 }, context('meanwhile'));
    const taken: (string | undefined)[] = [];
    const second = await listen(`${name}/away`, `${name}-away`, async ({ id }) => {
      taken.push(id);
    });
    await expect.poll(() => taken).toEqual(['meanwhile']);
    await second?.close();
  });

  test('two readers with one client id do not throw each other out without end', async () => {
    const states: string[] = [];
    const clientId = `${name}-twice`;
    for (let n = 0; n < 2; n += 1) await listen(`${name}/twice`, clientId, async () => {}, states);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const losses = states.filter((state) => state === 'lost').length;
    expect(losses).toBeGreaterThan(1);
    expect(losses).toBeLessThan(8);
  });

  test('a filter that is none is refused', async () => {
    await expect(listen('a/#/b', `${name}-bad`, async () => {})).rejects.toMatchObject({ kind: 'refused' });
  });
});
