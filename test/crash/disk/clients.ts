import type { Happening, Shape } from './shapes.ts';
import { Refusal, type Subject } from './subject.ts';

/** How long an event that comes late lets its run go ahead, in ms. */
const LATE_MS = 30;

export interface Sent {
  readonly happening: Happening;
  readonly reference: string;
  /** Set once the run is known; a published event finds it by its reference. */
  readonly runId: string | undefined;
  readonly id: string;
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Whoever starts runs and whoever sends them events. A start is never sent again, whatever became of it. An event that
 * was acknowledged is never sent again either; one that was not, is, under its id.
 */
export class Clients {
  /** Ids of the runs that the engine said it has. */
  readonly accepted: string[] = [];
  /** Codes with which it refused others. */
  readonly refused: string[] = [];
  /** Everything that was ever sent to runs, acknowledged or not. */
  readonly sent: Sent[] = [];
  private readonly shape: Shape;
  private unacknowledged: Sent[] = [];
  private count = 0;

  constructor(shape: Shape) {
    this.shape = shape;
  }

  /** Starts one run, with the events that come before it, and those that it is sent. */
  async start(subject: Subject, tag: string): Promise<string | undefined> {
    const reference = `${tag}-${this.count++}`;
    const published = this.shape.happenings.filter(({ kind }) => kind === 'publish');
    await this.send(subject, this.sendings(published, 'early', reference, undefined));
    const runId = await this.begin(subject, reference);
    const signals = runId === undefined ? [] : this.shape.happenings.filter(({ kind }) => kind === 'signal');
    await this.send(subject, this.sendings(signals, 'early', reference, runId));
    if (this.shape.happenings.length > 0) await pause(LATE_MS);
    await this.send(subject, this.sendings(signals, 'late', reference, runId));
    await this.send(subject, this.sendings(published, 'late', reference, undefined));
    return runId;
  }

  /** Sends a run whose start nobody acknowledged what it waits for. */
  async adopt(subject: Subject, runId: string): Promise<void> {
    const signals = this.shape.happenings.filter(({ kind }) => kind === 'signal');
    for (const when of ['early', 'late'] as const) await this.send(subject, this.sendings(signals, when, runId, runId));
  }

  /** Sends again what was not acknowledged. */
  async sendAgain(subject: Subject): Promise<void> {
    const waiting = this.unacknowledged;
    this.unacknowledged = [];
    await this.send(subject, waiting);
  }

  private async begin(subject: Subject, reference: string): Promise<string | undefined> {
    try {
      const { runId } = await subject.ask('start', { flowId: this.shape.flowId, reference });
      this.accepted.push(runId);
      return runId;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refused.push(error.code);
      return undefined;
    }
  }

  private sendings(
    happenings: readonly Happening[],
    when: Happening['when'],
    reference: string,
    runId: string | undefined,
  ): Sent[] {
    return happenings
      .filter((happening) => happening.when === when)
      .map((happening) => ({ happening, reference, runId, id: `${runId ?? reference} ${happening.name}` }));
  }

  private async send(subject: Subject, all: readonly Sent[]): Promise<void> {
    for (const each of all) {
      this.sent.push(each);
      if (!(await sendTo(subject, each))) this.unacknowledged.push(each);
    }
  }
}

/** Sends an event once. @returns whether it was acknowledged */
export async function sendTo(subject: Subject, { happening, reference, runId, id }: Sent): Promise<boolean> {
  try {
    if (runId === undefined) await subject.ask('publish', { reference, name: happening.name, id });
    else await subject.ask('signal', { runId, name: happening.name, id });
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return false;
  }
}
