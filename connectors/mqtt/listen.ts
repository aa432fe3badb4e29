import type { IClientOptions, IPublishPacket, MqttClient } from 'mqtt';
import {
  atMost,
  type Listening,
  type ListenOptions,
  type Message,
  Pauses,
  reasonOf,
  rejected,
  restMs,
  Takes,
} from '../sdk/index.ts';
import { type Client, openClient } from './client.ts';
import { messageOf } from './incoming.ts';
import type { Source } from './schemas.ts';

const RETRY_MS = 500;
/**
 * Two readers with one client id throw each other out as fast as they connect, and not every broker says that it was
 * that. So a connection that did not live for 5 s is made again more and more slowly, up to this.
 */
const MAX_RETRY_MS = 10_000;
const SHORT_LIFE_MS = 5_000;
const WEEK_MS = 604_800_000;
/** Not QoS 1, or refused. */
const REFUSED = 128;

/** What of the library is used beyond its types. */
interface Inside {
  _sendPacket(
    packet: { readonly cmd: 'puback'; readonly messageId: number; readonly reasonCode: 0 },
    done: () => void,
  ): void;
}

/**
 * Reads by a session that the broker keeps while we are away. It sends no more than `receiveMaximum` unacknowledged
 * messages, which is `prefetch`. MQTT can give nothing back, so a message whose take failed is taken again here, after a
 * rest, and not acknowledged until it was taken; if the reader dies meanwhile the broker sends it again.
 */
export async function startListening(
  options: IClientOptions,
  source: Source,
  take: (message: Message) => Promise<void>,
  { prefetch, onState }: ListenOptions,
): Promise<Listening> {
  const takes = new Takes(prefetch);
  /** Mosquitto 2.0 sends a little more than `receiveMaximum` at times. */
  const early: (() => Promise<void>)[] = [];
  const pauses = new Pauses();
  let isListening = true;

  async function handle(mqtt: MqttClient, packet: IPublishPacket): Promise<void> {
    for (let retries = 0; ; retries += 1) {
      const message = messageOf(packet, retries);
      try {
        await take(message);
        return acknowledge(mqtt, packet);
      } catch {
        // Why it could not be taken is told by whoever takes.
        await pauses.for(restMs(message.delivery));
      }
      // Unacknowledged: the broker sends it again, to the next connection.
      if (pauses.isOver || !mqtt.connected) return;
    }
  }

  function prepare(mqtt: MqttClient): void {
    mqtt.handleMessage = (packet, done) => {
      // With an error the library goes on to the next packet and does not acknowledge this one; we do, after the take.
      done(new Error('acknowledged later'));
      // What cannot be handled at all is left to the broker, which sends it again by the next connection.
      early.push(() => handle(mqtt, packet).catch(() => void mqtt.end(true)));
      begin();
    };
  }

  function begin(): void {
    while (takes.free > 0 && !pauses.isOver) {
      const next = early.shift();
      if (!next) return;
      void takes.run(next).then(begin);
    }
  }

  async function open(): Promise<Client> {
    const client = await openClient(
      {
        ...options,
        clientId: source.clientId,
        clean: false,
        properties: {
          sessionExpiryInterval: Math.ceil((source.sessionExpiryMs ?? WEEK_MS) / 1_000),
          receiveMaximum: Math.min(prefetch, 65_535),
        },
      },
      prepare,
    );
    const filter = source.group === undefined ? source.filter : `$share/${source.group}/${source.filter}`;
    try {
      const lost = client.gone.then((reason) => Promise.reject(new Error(reason)));
      const granted = await Promise.race([client.mqtt.subscribeAsync(filter, { qos: 1 }), lost]);
      if (granted.some(({ qos }) => qos >= REFUSED)) throw new Error('not allowed');
    } catch (error) {
      client.close();
      throw rejected(`the broker does not let us read ${filter}: ${reasonOf(error)}`);
    }
    return client;
  }

  async function listen(first: Client): Promise<void> {
    let client: Client | undefined = first;
    let retryMs = RETRY_MS;
    let bornAt = performance.now();
    while (!pauses.isOver) {
      const reason = client ? await Promise.race([client.gone, leaving]) : '';
      if (pauses.isOver) break;
      if (isListening) onState('lost', reason);
      isListening = false;
      early.length = 0;
      // What is out comes again; until it is done here, it would be taken twice at a time.
      await takes.untilDone();
      if (client) retryMs = performance.now() - bornAt < SHORT_LIFE_MS ? Math.min(MAX_RETRY_MS, retryMs * 2) : RETRY_MS;
      await pauses.for(retryMs);
      client = pauses.isOver ? undefined : await open().catch(() => undefined); // the loss was told; the next try follows
      if (!client || pauses.isOver) continue;
      bornAt = performance.now();
      isListening = true;
      onState('listening');
    }
    // First the acknowledgements of what is being taken, then the connection by which they go.
    await takes.untilDone();
    await leave(client);
  }

  let depart = (_: string) => {};
  const leaving = new Promise<string>((resolve) => {
    depart = resolve;
  });
  const listened = listen(await open());

  return {
    async close() {
      pauses.end();
      depart('closed');
      await listened;
    },
  };
}

/** mqtt 5.16 acknowledges by itself, before or with the next packet; `_sendPacket` is what it does that by. */
function acknowledge(mqtt: MqttClient, { qos, messageId }: IPublishPacket): void {
  if (qos === 0 || messageId === undefined || !mqtt.connected) return;
  (mqtt as unknown as Inside)._sendPacket({ cmd: 'puback', messageId, reasonCode: 0 }, () => {}); // not in the types
}

/** A plain goodbye keeps the session; a broker that does not hear it is left all the same. */
async function leave(client: Client | undefined): Promise<void> {
  if (!client) return;
  await atMost(1_000, client.mqtt.endAsync(false));
  client.close();
}
