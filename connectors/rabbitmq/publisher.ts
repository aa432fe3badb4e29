import type { Channel, ReturnedMessage } from 'rabbitmq-client';
import {
  bytesOf,
  type CallContext,
  headersOf,
  judged,
  type Outgoing,
  reasonOf,
  refused,
  rejected,
  unavailable,
  within,
} from '../sdk/index.ts';
import { KEY_HEADER } from './incoming.ts';
import type { Link } from './link.ts';
import { type Destination, destinationProblem } from './topic.ts';

const MAX_ID_BYTES = 255;

interface Open {
  readonly channel: Channel;
  /** Rejects when the channel is gone. The library forgets a confirm that is asked for just then. */
  readonly gone: Promise<never>;
  /** Message ids that came back because no queue takes them. */
  readonly returned: Map<string, string>;
}

/** Publishes by one channel with confirms: persistent, and mandatory, so that what no queue takes is an error. */
export class Publisher {
  readonly #link: Link;
  #opening: Promise<Open> | undefined;
  readonly #exchanges = new Set<string>();

  constructor(link: Link) {
    this.#link = link;
  }

  async publish(to: Destination, message: Omit<Outgoing, 'topic'>, context: CallContext): Promise<void> {
    const { deadline, idempotencyKey } = context;
    const problem = destinationProblem(to);
    if (problem) throw refused(`the topic ${problem}`);
    const headers = headersOf(context, message);
    if (Buffer.byteLength(idempotencyKey) > MAX_ID_BYTES) throw refused('the idempotency key is longer than 255 bytes');
    const routing = headers.find(([name]) => /^b?cc$/i.test(name));
    if (routing) throw refused(`header ${routing[0]} would send the message to other queues too: leave it out`);
    const body = bytesOf(message.payload);
    const open = await within(deadline, this.#ready(to.exchange), () => false);
    if (deadline.remainingMs() === 0) return within(deadline, open.gone, () => false);
    const envelope = {
      ...to,
      mandatory: true,
      durable: true,
      messageId: idempotencyKey,
      contentType: 'application/json',
      headers: Object.fromEntries([...headers, ...(message.key === undefined ? [] : [[KEY_HEADER, message.key]])]),
    };
    await within(deadline, this.#send(open, envelope, body), () => true);
  }

  /** Once nothing is being published any more. */
  async close(): Promise<void> {
    const open = await this.#opening?.catch(() => undefined);
    await open?.channel.close();
  }

  async #send(
    { channel, gone, returned }: Open,
    envelope: Destination & { readonly messageId: string },
    body: Buffer,
  ): Promise<void> {
    try {
      await Promise.race([channel.basicPublish(envelope, body), gone]);
    } catch (error) {
      // Also for a negative confirm: of several queues one can have taken the message.
      throw judged(error, (reason) => unavailable(`the broker did not confirm: ${reason}`, true));
    }
    // The library tells of a return one turn after it came, which was before the confirm.
    await new Promise(setImmediate);
    const reason = returned.get(envelope.messageId);
    if (reason === undefined) return;
    returned.delete(envelope.messageId);
    throw rejected(`no queue takes the message: ${reason}`);
  }

  async #ready(exchange: string): Promise<Open> {
    await this.#checkExchange(exchange);
    this.#opening ??= this.#open();
    try {
      const open = await this.#opening;
      if (open.channel.active) return open;
      this.#opening = this.#open();
      return await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw judged(error, (reason) => unavailable(reason, false));
    }
  }

  async #open(): Promise<Open> {
    const connection = await this.#link.get();
    const channel = await connection.acquire({ emitErrorsFromChannel: true });
    await channel.confirmSelect();
    const returned = new Map<string, string>();
    channel.on('basic.return', (message: ReturnedMessage) => {
      if (message.messageId !== undefined) returned.set(message.messageId, message.replyText);
    });
    const gone = new Promise<never>((_, reject) => {
      let last: unknown;
      channel.on('error', (error: unknown) => {
        last = error;
      });
      channel.once('close', () => {
        // Somebody can have deleted an exchange, and made another.
        this.#exchanges.clear();
        reject(unavailable(`the connection was lost${last ? `: ${reasonOf(last)}` : ''}`, true));
      });
    });
    gone.catch(() => undefined); // heard by those that publish; there can be none
    return { channel, gone, returned };
  }

  /** Asked beforehand, on a channel of its own: publishing to one that is missing would break the channel for all others. */
  async #checkExchange(exchange: string): Promise<void> {
    if (exchange === '' || this.#exchanges.has(exchange)) return;
    const connection = await this.#link.get();
    try {
      const channel = await connection.acquire({ emitErrorsFromChannel: true });
      channel.on('error', () => undefined); // the call that caused it fails with it
      await channel.exchangeDeclare({ exchange, passive: true });
      await channel.close();
      this.#exchanges.add(exchange);
    } catch (error) {
      if (isCode(error, 'NOT_FOUND')) throw rejected(`there is no exchange ${exchange}`);
      if (isCode(error, 'ACCESS_REFUSED')) throw rejected(reasonOf(error));
      throw unavailable(reasonOf(error), false);
    }
  }
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
