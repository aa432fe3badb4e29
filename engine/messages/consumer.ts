import type { Listening, Message } from '@heddle/connectors/sdk/index';
import { messageOf } from '../errors.ts';
import type { Invoker } from '../services/index.ts';
import type { Log } from '../telemetry/index.ts';
import type { Intake, Origin } from './intake.ts';
import { Rate } from './rate.ts';

/** Figures of one message trigger since it was put in place. Times in epoch ms. */
export interface ConsumerFigures {
  readonly flowId: string;
  readonly service: string;
  readonly source: object;
  readonly state: 'connecting' | 'listening' | 'lost' | 'stopped';
  /** Since when it is in this state. */
  readonly since: number;
  /** Why it is not listening. */
  readonly reason?: string;
  readonly prefetch: number;
  readonly inHand: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly dead: number;
  /** Given back to the broker because the engine could not take them then. */
  readonly returned: number;
  readonly perSecond: number;
  /** Messages that the broker still holds for it, where it tells. */
  readonly backlog?: number;
  readonly lastMessageAt?: number;
}

export interface ConsumerDeps {
  readonly invoker: Pick<Invoker, 'listen'>;
  readonly intake: Intake;
  readonly now: () => number;
  readonly log: Log;
}

const DEFAULT_PREFETCH = 16;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

/** Reads for one trigger of one flow, and goes on trying while the broker is away. */
export class Consumer {
  readonly origin: Origin;
  private readonly deps: ConsumerDeps;
  private readonly rate: Rate;
  private readonly counts = { accepted: 0, duplicate: 0, dead: 0, returned: 0 };
  private state: ConsumerFigures['state'] = 'connecting';
  private since: number;
  private reason: string | undefined;
  private inHand = 0;
  private lastMessageAt: number | undefined;
  private listening: Listening | undefined;
  /** What is under way: opening, closing, or nothing. One at a time. */
  private turn: Promise<void> = Promise.resolve();
  private retry: ReturnType<typeof setTimeout> | undefined;
  private delayMs = FIRST_RETRY_MS;

  constructor(origin: Origin, deps: ConsumerDeps) {
    this.origin = origin;
    this.deps = deps;
    this.rate = new Rate(deps.now);
    this.since = deps.now();
    this.open();
  }

  /** The broker's description has changed: begins again. */
  restart(): void {
    if (this.state === 'stopped') return;
    this.delayMs = FIRST_RETRY_MS;
    void this.release();
    this.open();
  }

  /** Takes no more, and waits for what is in hand. */
  async close(): Promise<void> {
    this.become('stopped');
    await this.release();
  }

  async figures(): Promise<ConsumerFigures> {
    const { flowId, trigger } = this.origin;
    const backlog = this.state === 'listening' ? await this.backlog() : undefined;
    return {
      flowId,
      service: trigger.service,
      source: trigger.source,
      state: this.state,
      since: this.since,
      ...(this.reason !== undefined && { reason: this.reason }),
      prefetch: this.prefetch,
      inHand: this.inHand,
      accepted: this.counts.accepted,
      duplicates: this.counts.duplicate,
      dead: this.counts.dead,
      returned: this.counts.returned,
      perSecond: this.rate.perSecond(),
      ...(backlog !== undefined && { backlog }),
      ...(this.lastMessageAt !== undefined && { lastMessageAt: this.lastMessageAt }),
    };
  }

  private get prefetch(): number {
    return this.origin.trigger.prefetch ?? DEFAULT_PREFETCH;
  }

  private async backlog(): Promise<number | undefined> {
    try {
      return await this.listening?.backlog?.();
    } catch (error) {
      this.deps.log.debug({ err: error, flow: this.origin.flowId }, 'the backlog of a topic could not be read');
      return undefined;
    }
  }

  private open(): void {
    clearTimeout(this.retry);
    this.turn = this.turn.then(async () => {
      if (this.state === 'stopped' || this.listening) return;
      const { service, source } = this.origin.trigger;
      try {
        this.listening = await this.deps.invoker.listen(service, source, (message) => this.take(message), {
          prefetch: this.prefetch,
          onState: (state, reason) => this.become(state, reason),
        });
        this.delayMs = FIRST_RETRY_MS;
        this.become('listening');
      } catch (error) {
        this.become('lost', messageOf(error));
        this.retry = setTimeout(() => this.open(), this.delayMs);
        this.delayMs = Math.min(this.delayMs * 2, MAX_RETRY_MS);
      }
    });
  }

  private release(): Promise<void> {
    clearTimeout(this.retry);
    this.turn = this.turn.then(async () => {
      clearTimeout(this.retry);
      const { listening } = this;
      this.listening = undefined;
      try {
        await listening?.close();
      } catch (error) {
        this.deps.log.warn({ err: error, flow: this.origin.flowId }, 'a listener was not closed cleanly');
      }
    });
    return this.turn;
  }

  private async take(message: Message): Promise<void> {
    this.inHand += 1;
    this.lastMessageAt = this.deps.now();
    try {
      const taken = await this.deps.intake.take(this.origin, message);
      this.counts[taken] += 1;
      this.rate.count();
    } catch (error) {
      this.counts.returned += 1;
      throw error;
    } finally {
      this.inHand -= 1;
    }
  }

  private become(state: ConsumerFigures['state'], reason?: string): void {
    if (this.state === 'stopped') return;
    if (this.state !== state) {
      const { flowId, trigger } = this.origin;
      this.since = this.deps.now();
      if (state === 'lost')
        this.deps.log.warn({ flow: flowId, service: trigger.service, reason }, 'messages cannot be read; trying again');
    }
    this.state = state;
    this.reason = state === 'lost' ? reason : undefined;
  }
}
