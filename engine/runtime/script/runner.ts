import type { Worker } from 'node:worker_threads';
import { FlowError, type Json } from '../../errors.ts';
import { startThread } from '../../thread.ts';
import type { ScriptRunner } from '../perform.ts';
import type { ScriptAnswer, ScriptJob } from './sandbox.ts';

/** Beyond its own limit a script's thread gets this long before it is ended. */
const GRACE_MS = 1_000;

interface Pending {
  readonly job: ScriptJob;
  readonly resolve: (output: Json) => void;
  readonly reject: (error: FlowError) => void;
}

/** Runs scripts one after another in a thread of their own, which starts with the first script. */
export class ScriptThread implements ScriptRunner {
  private worker: Worker | undefined;
  private readonly queue: Pending[] = [];
  private current: Pending | undefined;
  private watchdog: NodeJS.Timeout | undefined;
  private nextId = 1;

  run(source: string, input: Json, timeoutMs: number): Promise<Json> {
    return new Promise((resolve, reject) => {
      this.queue.push({ job: { id: this.nextId++, source, input, timeoutMs }, resolve, reject });
      this.next();
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.watchdog);
    await this.worker?.terminate();
  }

  private next(): void {
    if (this.current) return;
    const pending = this.queue.shift();
    if (pending === undefined) return;
    this.current = pending;
    this.worker ??= this.spawn();
    this.worker.postMessage(pending.job);
    this.watchdog = setTimeout(
      () => this.giveUp('the script did not stop in time'),
      pending.job.timeoutMs + GRACE_MS + START_MS,
    );
  }

  private spawn(): Worker {
    const worker = startThread(new URL('./worker', import.meta.url), import.meta.url);
    worker.unref();
    worker.on('message', (answer: ScriptAnswer) => this.take(answer));
    worker.on('error', (error) => this.giveUp(error.message));
    return worker;
  }

  private take(answer: ScriptAnswer): void {
    const pending = this.current;
    if (pending === undefined || pending.job.id !== answer.id) return;
    this.current = undefined;
    clearTimeout(this.watchdog);
    if (answer.ok) pending.resolve(answer.output);
    else {
      pending.reject(new FlowError(answer.code, answer.message));
      if (answer.code === 'SCRIPT_LIMIT') this.replace();
    }
    this.next();
  }

  private giveUp(message: string): void {
    clearTimeout(this.watchdog);
    this.replace();
    this.current?.reject(new FlowError('SCRIPT_LIMIT', message));
    this.current = undefined;
    this.next();
  }

  private replace(): void {
    const old = this.worker;
    this.worker = undefined;
    old?.removeAllListeners();
    void old?.terminate();
  }
}

/** Time that the thread and the sandbox may need to come up. */
const START_MS = 5_000;
