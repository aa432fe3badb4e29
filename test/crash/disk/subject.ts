import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { root } from './place.ts';
import type { Answer, Ask, Effect, Effected, Methods } from './protocol.ts';

/** What the process refused, by the engine's error code; `GONE` if it was killed before it answered. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (refusal: Refusal) => void;
}

/** The process with the store, as whoever drives it sees it. */
export class Subject {
  /** Answers the calls of runs: false refuses. */
  answer: (key: string, operation: string) => Promise<boolean> = async () => true;
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, Waiting>();
  private readonly exited: Promise<void>;
  private isGone = false;
  private nextId = 1;

  /** @param env of the interposed library, if there is one */
  constructor(env: { readonly [name: string]: string } = {}) {
    this.child = fork(join(root, 'test/dist/crash/disk/store-process.js'), {
      env: { ...process.env, ...env },
      execArgv: [],
    });
    this.child.on('message', (message: Answer | Effect) => this.take(message));
    this.exited = new Promise((resolve) => {
      this.child.once('exit', () => {
        this.isGone = true;
        for (const { reject } of this.waiting.values()) reject(new Refusal('GONE', 'the process was killed'));
        this.waiting.clear();
        resolve();
      });
    });
  }

  get gone(): boolean {
    return this.isGone;
  }

  /** @throws {Refusal} */
  ask<Name extends keyof Methods>(
    method: Name,
    params: Parameters<Methods[Name]>[0],
  ): Promise<ReturnType<Methods[Name]>> {
    if (this.isGone) return Promise.reject(new Refusal('GONE', 'the process was killed'));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      // What it answers is what its method gives.
      this.waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.send({ kind: 'ask', id, method, params });
    });
  }

  /** Ends the process at once. */
  async kill(): Promise<void> {
    if (!this.isGone) this.child.kill('SIGKILL');
    await this.exited;
  }

  private take(message: Answer | Effect): void {
    if (message.kind === 'effect') {
      const { id, key, operation } = message;
      void this.answer(key, operation).then((ok) => this.send({ kind: 'effected', id, ok }));
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.kind === 'answer') waiting?.resolve(message.result);
    else waiting?.reject(new Refusal(message.code, message.message));
  }

  private send(message: Ask | Effected): void {
    // It may be killed at any time; who asked hears of it by its exit.
    if (!this.isGone) this.child.send(message, () => {});
  }
}
