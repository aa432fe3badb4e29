import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectors } from '@heddle/connectors';
import { createDeadlines } from '@heddle/connectors/sdk/index';
import type { Json } from '@heddle/engine/errors';
import { end, freePort, startEngine } from './processes.ts';

/** A broker as the drill uses it; every name in it is the drill's own. */
export interface Broker {
  readonly connector: string;
  readonly config: { readonly [key: string]: Json };
  readonly secrets?: { readonly [name: string]: string };
  readonly source: { readonly [key: string]: Json };
  readonly topic: string;
  /** Messages that may be published ahead of the reader. Default: any number. */
  readonly maxAhead?: number;
  /** Where it listens, to see whether it is there at all. */
  readonly port: number;
  /** Calls that remove what the drill has left, by bindings of the connector. */
  readonly cleanUp?: readonly { readonly [key: string]: Json }[];
}

export interface MessagesReport {
  readonly sent: number;
  readonly sentTwice: number;
  readonly kills: number;
  /** Runs in the store. */
  readonly runs: number;
  /** Messages of which there is no run. */
  readonly lost: readonly number[];
  /** Messages that started more than one. */
  readonly doubled: readonly number[];
  readonly deadLetters: number;
  readonly seconds: number;
}

const names = (mark: string) => `heddle_drill_${mark}`;

/** The brokers of the machine, each with a queue of its own. @param mark makes the names unique */
export const brokers = (mark: string): { readonly [name: string]: Broker } => ({
  nats: {
    connector: 'nats',
    config: {
      servers: ['127.0.0.1:4222'],
      streams: [{ name: names(mark), subjects: [`${names(mark)}.>`], create: true }],
    },
    source: { stream: names(mark), durable: 'drill', ackWaitMs: 2_000 },
    topic: `${names(mark)}.orders`,
    port: 4_222,
    cleanUp: [{ action: 'request', subject: `$JS.API.STREAM.DELETE.${names(mark)}` }],
  },
  rabbitmq: {
    connector: 'rabbitmq',
    config: { hosts: ['127.0.0.1:5672'], user: 'guest', password: { secret: 'RABBIT' } },
    secrets: { RABBIT: 'guest' },
    source: { queue: names(mark), declare: { durable: true } },
    topic: names(mark),
    port: 5_672,
  },
  redis: {
    connector: 'redis',
    config: { host: '127.0.0.1' },
    source: { stream: names(mark), group: 'drill', minIdleMs: 1_000 },
    topic: names(mark),
    port: 6_379,
    cleanUp: [{ action: 'delete', key: names(mark) }],
  },
  mqtt: {
    connector: 'mqtt',
    config: { host: '127.0.0.1' },
    source: { filter: `${names(mark)}/#`, clientId: names(mark) },
    topic: `${names(mark)}/orders`,
    // Mosquitto drops what comes past 1,000 messages for a reader that is away, unless it is told to keep more.
    maxAhead: 400,
    port: 1_883,
  },
});

/**
 * Publishes messages, each twentieth twice under its id, while an engine that starts a run of each is killed (SIGKILL)
 * and started again. In the end there must be one run of every message.
 */
export async function messagesDrill(broker: Broker, count: number, kills: number): Promise<MessagesReport> {
  const begun = performance.now();
  const dir = mkdtempSync(join(tmpdir(), 'heddle-messages-'));
  const port = await freePort();
  const start = () => startEngine({ port, dataDir: join(dir, 'data'), env: { HEDDLE_MAX_ACTIVE_RUNS: '2000' } });
  let engine = await start();
  const deadlines = createDeadlines();
  const connector = connectors.get(broker.connector);
  if (!connector) throw new Error(`no connector ${broker.connector}`);
  const publisher = await connector.open(broker.config, { secret: (name) => broker.secrets?.[name], warn() {} });
  try {
    await prepare(engine.url, broker);
    let sent = 0;
    let sentTwice = 0;
    const ahead = broker.maxAhead ?? Number.POSITIVE_INFINITY;
    /** What readers had taken when they were killed, as far as they told, and what the one of now has. */
    let takenBefore = 0;
    let taken = 0;
    const watch = setInterval(() => {
      figures(engine.url).then(
        ({ accepted, duplicates }) => {
          taken = accepted + duplicates;
        },
        () => undefined, // it is being killed
      );
    }, 50);
    const publish = async (n: number) => {
      while (sent + sentTwice - takenBefore - taken > ahead) await pause(20);
      await publisher.publish?.(
        { topic: broker.topic, payload: { n } },
        { idempotencyKey: `m-${n}`, attempt: 1, deadline: deadlines.start(10_000), maxResponseBytes: 1_000_000 },
      );
    };
    const senders = Array.from({ length: 16 }, async () => {
      while (sent < count) {
        const n = sent++;
        await publish(n);
        if (n % 20 !== 0) continue;
        await publish(n);
        sentTwice += 1;
      }
    });
    for (let kill = 1; kill <= kills; kill += 1) {
      // In the midst of it: a share of the messages is in, or a while has passed without.
      const share = count / (kills + 1) / 2;
      for (let looks = 0; looks < 200 && (await figures(engine.url)).accepted < share; looks += 1) await pause(20);
      await end(engine, 'SIGKILL');
      takenBefore += taken;
      taken = 0;
      engine = await start();
    }
    await Promise.all(senders);
    clearInterval(watch);
    const runs = await settled(engine.url, count);
    const seen = new Map<number, number>();
    for (const n of runs) seen.set(n, (seen.get(n) ?? 0) + 1);
    return {
      sent: count,
      sentTwice,
      kills,
      runs: runs.length,
      lost: Array.from({ length: count }, (_, n) => n).filter((n) => !seen.has(n)),
      doubled: [...seen].filter(([, times]) => times > 1).map(([n]) => n),
      deadLetters: (await get<{ dead: number }>(`${engine.url}/messages`)).dead,
      seconds: Math.round((performance.now() - begun) / 1_000),
    };
  } finally {
    await end(engine, 'SIGTERM');
    for (const binding of broker.cleanUp ?? []) {
      const context = { attempt: 1, deadline: deadlines.start(5_000), maxResponseBytes: 10_000 };
      await publisher.call({ operation: 'cleanUp', binding, input: {} }, { ...context, idempotencyKey: 'clean-up' });
    }
    if (broker.connector === 'rabbitmq') spawnSync('rabbitmqctl', ['delete_queue', broker.topic], { stdio: 'ignore' });
    await publisher.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

export const hasFailed = ({ lost, doubled, deadLetters }: MessagesReport) =>
  lost.length + doubled.length + deadLetters > 0;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function prepare(url: string, { connector, config, secrets = {}, source }: Broker): Promise<void> {
  await send('PUT', `${url}/services/broker`, { id: 'broker', title: 'Broker', connector, config, operations: {} });
  for (const [name, value] of Object.entries(secrets)) await send('PUT', `${url}/secrets/${name}`, { value });
  await send('POST', `${url}/flows/drill/versions`, {
    definition: {
      id: 'drill',
      input: { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } },
      businessKey: { $: { var: 'input.n' } },
      start: 'done',
      nodes: { done: { type: 'end', output: { $: { var: 'input.n' } } } },
      triggers: [{ type: 'message', service: 'broker', source, prefetch: 64 }],
    },
  });
  // A broker that keeps nothing for readers that it does not know has to know this one first.
  while ((await figures(url)).state !== 'listening') await pause(50);
}

interface Figures {
  readonly state: string;
  readonly accepted: number;
  readonly duplicates: number;
}

/** Of the one reader; zero while it is not there. */
async function figures(url: string): Promise<Figures> {
  const { consumers } = await get<{ consumers: Figures[] }>(`${url}/messages`);
  return consumers[0] ?? { state: 'none', accepted: 0, duplicates: 0 };
}

/** The messages that started runs, by run, once nothing has come for a while after the last one could have. */
async function settled(url: string, count: number): Promise<number[]> {
  let last = -1;
  for (let quiet = 0; quiet < 12; ) {
    await pause(500);
    const { accepted, duplicates } = await figures(url);
    quiet = accepted + duplicates === last ? quiet + 1 : 0;
    last = accepted + duplicates;
  }
  const runs: number[] = [];
  for (let before: string | undefined; ; ) {
    const query = `limit=200${before === undefined ? '' : `&before=${before}`}`;
    const page = await get<{ runs: { id: string; businessKey: string }[]; next?: string }>(`${url}/runs?${query}`);
    runs.push(...page.runs.map((run) => Number(run.businessKey)));
    before = page.runs.at(-1)?.id;
    if (page.runs.length === 0 || runs.length > count * 3) return runs;
  }
}

async function get<Body>(url: string): Promise<Body> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}

async function send(method: string, url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const count = Number(process.argv[2] ?? 10_000);
  const all = brokers(Date.now().toString(36));
  for (const name of process.argv.length > 3 ? process.argv.slice(3) : Object.keys(all)) {
    const broker = all[name];
    if (!broker) throw new Error(`there is no ${name}; there are ${Object.keys(all).join(', ')}`);
    const report = await messagesDrill(broker, count, 2);
    console.log(name, JSON.stringify({ ...report, lost: report.lost.length, doubled: report.doubled.length }));
    if (hasFailed(report)) process.exitCode = 1;
  }
}
