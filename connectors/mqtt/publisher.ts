import type { IClientOptions } from 'mqtt';
import {
  bytesOf,
  type CallContext,
  closed,
  headersOf,
  type Outgoing,
  reasonOf,
  refused,
  rejected,
  unavailable,
  within,
} from '../sdk/index.ts';
import { type Client, openClient } from './client.ts';
import { ID_PROPERTY, KEY_PROPERTY } from './incoming.ts';
import { topicProblem } from './topic.ts';

/** The broker has the message, and nobody has subscribed to it: so it has thrown it away. */
const NOBODY = 16;

interface Open {
  readonly client: Client;
  /** Why the broker confirmed otherwise than plainly, by the packet's number. */
  readonly reasons: Map<number, number>;
}

/** Publishes by QoS 1: the broker confirms each message. */
export class Publisher {
  readonly #options: IClientOptions;
  #opening: Promise<Open> | undefined;
  #isClosed = false;

  constructor(options: IClientOptions) {
    this.#options = options;
  }

  async publish({ topic, ...message }: Outgoing, context: CallContext, retain = false): Promise<void> {
    const { deadline, idempotencyKey } = context;
    const problem = topicProblem(topic);
    if (problem) throw refused(`the topic ${problem}`);
    const headers = headersOf(context, message);
    const payload = bytesOf(message.payload);
    const open = await within(deadline, this.ready(), () => false);
    const limit = open.client.connack.properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    if (payload.length + 1_024 > limit)
      throw refused(`the message has ${payload.length} bytes, the broker takes ${limit}`);
    if (deadline.remainingMs() === 0) return within(deadline, new Promise<never>(() => {}), () => false);
    const userProperties = {
      ...Object.fromEntries(headers),
      [ID_PROPERTY]: idempotencyKey,
      ...(message.key !== undefined && { [KEY_PROPERTY]: message.key }),
    };
    const lost = open.client.gone.then((reason) =>
      Promise.reject(unavailable(`the connection was lost: ${reason}`, true)),
    );
    await within(deadline, Promise.race([send(open, topic, payload, userProperties, retain), lost]), () => true);
  }

  /** @throws {CallError} `refused` once closed, `unavailable` if there is no connection. */
  async ready(): Promise<Open> {
    if (this.#isClosed) throw closed();
    this.#opening ??= this.#open();
    try {
      const open = await this.#opening;
      if (open.client.mqtt.connected) return open;
      this.#opening = this.#open();
      return await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const open = await this.#opening?.catch(() => undefined);
    open?.client.close();
  }

  async #open(): Promise<Open> {
    const client = await openClient({ ...this.#options, clean: true });
    const reasons = new Map<number, number>();
    client.mqtt.on('packetreceive', (packet) => {
      if (packet.cmd === 'puback' && packet.messageId !== undefined && packet.reasonCode) {
        reasons.set(packet.messageId, packet.reasonCode);
      }
    });
    return { client, reasons };
  }
}

function send(
  { client: { mqtt }, reasons }: Open,
  topic: string,
  payload: Buffer,
  userProperties: { readonly [name: string]: string },
  retain: boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const properties = { contentType: 'application/json', userProperties: { ...userProperties } };
    let packetId = 0;
    mqtt.publish(topic, payload, { qos: 1, retain, properties }, (error) => {
      const code = reasons.get(packetId);
      reasons.delete(packetId);
      if (code === NOBODY && !retain)
        reject(rejected(`nobody has subscribed to ${topic}: the broker drops the message`));
      else if (code !== undefined && code !== NOBODY)
        reject(rejected(`the broker refuses the message: ${reasonOf(error)}`));
      else if (error) reject(unavailable(reasonOf(error), true));
      else resolve();
    });
    packetId = mqtt.getLastMessageId();
  });
}
