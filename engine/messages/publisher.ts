import { FlowError, type Json, messageOf } from '../errors.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { InvokeContext, Invoker } from '../services/index.ts';
import type { DeadLetters, Outbox, OutgoingMessage, QueuedMessage } from '../store/store.ts';
import type { Log } from '../telemetry/index.ts';
import { Rate } from './rate.ts';

/** Figures of one topic since the engine started. */
export interface TopicFigures {
  /** Empty: the engine's own events. */
  readonly service: string;
  readonly topic: string;
  readonly published: number;
  readonly failed: number;
  readonly perSecond: number;
}

export interface PublisherDeps {
  readonly invoker: Pick<Invoker, 'publish'>;
  readonly runtime: Pick<Runtime, 'publish'>;
  readonly outbox: Outbox;
  readonly letters: DeadLetters;
  readonly now: () => number;
  readonly log: Log;
}

/** How long to wait at most before looking into the outbox again, should a clock jump or a write go unnoticed. */
const LOOK_MS = 5_000;
const BATCH = 100;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 300_000;
const MAX_ATTEMPTS = 12;
/** Topics come from flows, so there could be any number. */
const MAX_TOPICS = 1_000;

/** Publishes messages of flows: at once by their broker, or later out of the outbox. */
export class Publisher {
  private readonly deps: PublisherDeps;
  private readonly topics = new Map<string, { published: number; failed: number; readonly rate: Rate }>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wakeAt = Number.POSITIVE_INFINITY;
  private sending: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(deps: PublisherDeps) {
    this.deps = deps;
  }

  /** Begins to send what is due. */
  start(): void {
    this.wake(this.deps.now());
  }

  /**
   * Publishes now. The id is what readers tell a repeat by.
   *
   * @throws {FlowError} as {@link Invoker.publish} and {@link Runtime.publish} do
   */
  async publish(message: Omit<OutgoingMessage, 'dueAt'>, context: Partial<InvokeContext> = {}): Promise<void> {
    const { id, service = '', topic, key, payload } = message;
    const figures = this.topic(service, topic);
    try {
      if (service === '') {
        const correlation = key === undefined ? {} : { correlation: key };
        await this.deps.runtime.publish({ name: topic, payload, id, ...correlation });
      } else {
        await this.deps.invoker.publish(
          service,
          { topic, payload, ...(key !== undefined && { key }) },
          { attempt: 1, ...context, idempotencyKey: id },
        );
      }
      figures.published += 1;
      figures.rate.count();
    } catch (error) {
      figures.failed += 1;
      throw error;
    }
  }

  /** Accepts a message to be published later. Durable when it resolves. */
  async schedule(message: OutgoingMessage): Promise<void> {
    await this.deps.outbox.add(message);
    this.wake(message.dueAt);
  }

  figures(): TopicFigures[] {
    return [...this.topics].map(([name, { published, failed, rate }]) => {
      const [service = '', topic = ''] = JSON.parse(name) as string[];
      return { service, topic, published, failed, perSecond: rate.perSecond() };
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.sending;
  }

  private topic(service: string, topic: string) {
    const name = JSON.stringify([service, topic]);
    const known = this.topics.get(name);
    if (known) return known;
    const figures = { published: 0, failed: 0, rate: new Rate(this.deps.now) };
    if (this.topics.size < MAX_TOPICS) this.topics.set(name, figures);
    return figures;
  }

  private wake(at: number): void {
    if (this.stopped || at >= this.wakeAt) return;
    this.wakeAt = at;
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        this.wakeAt = Number.POSITIVE_INFINITY;
        this.sending = this.sendDue();
      },
      Math.min(LOOK_MS, Math.max(0, at - this.deps.now())),
    );
    this.timer.unref();
  }

  private async sendDue(): Promise<void> {
    try {
      const due = await this.deps.outbox.list(BATCH, this.deps.now());
      await Promise.all(due.map((message) => this.send(message)));
      const [next] = await this.deps.outbox.list(1);
      this.wake(next?.dueAt ?? this.deps.now() + LOOK_MS);
    } catch (error) {
      this.deps.log.warn({ err: error }, 'the outbox could not be read; trying again');
      this.wake(this.deps.now() + LOOK_MS);
    }
  }

  private async send(message: QueuedMessage): Promise<void> {
    const { outbox } = this.deps;
    try {
      await this.publish(message);
      await outbox.remove(message.id);
    } catch (error) {
      const attempts = message.attempts + 1;
      const isHopeless = error instanceof FlowError && !mayHelp(error);
      if (isHopeless || attempts >= MAX_ATTEMPTS) return this.bury(message, error);
      const delayMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** message.attempts);
      await outbox.postpone(message.id, this.deps.now() + delayMs, attempts, messageOf(error));
    }
  }

  private async bury(message: QueuedMessage, error: unknown): Promise<void> {
    const { id, service = '', topic, key, payload } = message;
    await this.deps.letters.add({
      direction: 'out',
      service,
      topic,
      messageId: id,
      ...(key !== undefined && { key }),
      headers: {},
      encoding: 'utf8',
      body: JSON.stringify(payload satisfies Json),
      code: error instanceof FlowError ? error.code : 'INTERNAL',
      reason: messageOf(error),
    });
    // After the letter: a crash between the two sends the message again, under its id, rather than losing it.
    await this.deps.outbox.remove(id);
  }
}

/** A message may be sent again under its id whatever became of it, so only what cannot change is given up at once. */
const mayHelp = (error: FlowError) =>
  error.retryable || error.code === 'SERVICE_ERROR' || error.code === 'OUTCOME_UNKNOWN';
