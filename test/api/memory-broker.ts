import { CallError, type Connector, defineConnector, type Message } from '@heddle/connectors/sdk/index';
import { Type } from 'typebox';

/** A broker in memory, for tests of what the engine does with messages; the real ones have tests of their own. */
interface Queue {
  readonly waiting: Message[];
  readonly readers: Set<() => void>;
}

const queues = new Map<string, Queue>();
export const published: { readonly topic: string; readonly id: string; readonly payload: unknown }[] = [];
/** While set, whatever is published is refused. */
export const broker = { isDown: false };

function queueOf(name: string): Queue {
  const queue = queues.get(name) ?? { waiting: [], readers: new Set() };
  queues.set(name, queue);
  return queue;
}

/** Puts a message into a queue. */
export function send(queue: string, body: string | Uint8Array, more: Partial<Message> = {}): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  queueOf(queue).waiting.push({ topic: queue, headers: {}, body: bytes, delivery: 1, ...more });
  for (const wake of queueOf(queue).readers) wake();
}

export const waitingIn = (queue: string) => queueOf(queue).waiting.length;

export const memoryBroker: Connector = defineConnector({
  protocol: 'memory',
  title: { en: 'Memory', zh: '内存' },
  config: Type.Object({ where: Type.Optional(Type.String()), password: Type.Optional(Type.Unknown()) }),
  binding: Type.Object({}),
  source: Type.Object({ queue: Type.String() }, { additionalProperties: false }),
  destination: ({ where }) => where ?? 'here',
  open: async (_config, _host) => ({
    call: () => Promise.reject(new Error('nobody calls it')),
    async publish({ topic, payload }, { idempotencyKey }) {
      if (broker.isDown)
        throw new CallError('the broker is down', { kind: 'unavailable', retryable: true, mayHaveActed: false });
      published.push({ topic, payload, id: idempotencyKey });
    },
    async listen({ queue }, take, { prefetch }) {
      const { waiting, readers } = queueOf(queue);
      const underWay = new Set<Promise<void>>();
      let closed = false;
      const next = () => {
        while (!closed && underWay.size < prefetch) {
          const message = waiting.shift();
          if (!message) return;
          const taking: Promise<void> = take(message)
            .catch(async () => {
              await new Promise((resolve) => setTimeout(resolve, 20));
              waiting.push({ ...message, delivery: message.delivery + 1 });
            })
            .finally(() => {
              underWay.delete(taking);
              next();
            });
          underWay.add(taking);
        }
      };
      readers.add(next);
      next();
      return {
        backlog: async () => waiting.length + underWay.size,
        async close() {
          closed = true;
          readers.delete(next);
          await Promise.all(underWay);
        },
      };
    },
    peek: async ({ queue }, limit) => [...queueOf(queue).waiting].reverse().slice(0, limit),
    async close() {},
  }),
});
