import { randomBytes } from 'node:crypto';
import {
  type Answer,
  type CallContext,
  CallError,
  type CallErrorFacts,
  type Connector,
  defineConnector,
} from '@heddle/connectors/sdk/index';
import { Type } from 'typebox';
import { FlowError, type Json } from '../../errors.ts';

/** A call of an operation, as a worker gets it. */
export interface Job {
  readonly id: string;
  /** Shows, with every answer, that the lease is still held. */
  readonly token: string;
  readonly queue: string;
  readonly operation: string;
  readonly input: Json;
  /** The same on every attempt of the same step: what was done under it must not be done again. */
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly traceparent?: string;
  /** How long the worker has, unless it extends. */
  readonly leaseMs: number;
  /** How long the caller waits in all. */
  readonly remainingMs: number;
}

export interface TakeRequest {
  readonly queues: readonly string[];
  /** Default: every operation. */
  readonly operations?: readonly string[];
  readonly max: number;
  readonly waitMs: number;
  readonly leaseMs: number;
  /** Fires when the worker has gone away: nothing is given to it any more. */
  readonly signal: AbortSignal;
}

/**
 * Why a worker could not do its job: `rejected`: it will not, and has done nothing; `unavailable`: it cannot now, and
 * has done nothing; `failed`: it broke, and may have done something.
 */
export type JobFailure = 'rejected' | 'unavailable' | 'failed';

export interface Workers {
  /** The connector of services that workers serve. */
  readonly connector: Connector;
  /** Jobs for a worker, as soon as there is one; none once `waitMs` is over. */
  take(request: TakeRequest): Promise<readonly Job[]>;
  /** The lease begins anew. @throws {FlowError} `LEASE_LOST` */
  extend(id: string, token: string, leaseMs: number): void;
  /** @throws {FlowError} `LEASE_LOST`: the result is not recorded */
  complete(id: string, token: string, output: Json): void;
  /** @throws {FlowError} `LEASE_LOST` */
  fail(
    id: string,
    token: string,
    failure: {
      readonly reason: JobFailure;
      readonly message: string;
      readonly retryAfterMs?: number;
      readonly details?: Json;
    },
  ): void;
  /** Jobs that wait and jobs that are leased, by queue. */
  figures(): readonly { readonly queue: string; readonly waiting: number; readonly leased: number }[];
  /** Lets everybody who waits for jobs go. */
  close(): void;
}

interface Entry {
  readonly id: string;
  readonly queue: string;
  readonly operation: string;
  readonly input: Json;
  readonly context: CallContext;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: CallError) => void;
  token: string;
  expiry: ReturnType<typeof setTimeout> | undefined;
}

interface Waiter {
  readonly request: TakeRequest;
  readonly give: (jobs: readonly Job[]) => void;
}

/**
 * Operations that programs in any language perform: a call waits in a queue, a worker takes it by HTTP under a lease,
 * and its answer is the call's. Jobs live as long as the calls they are: after a crash the engine calls again, under the
 * same key, what may be called again.
 */
export function createWorkers(): Workers {
  const waiting = new Map<string, Entry[]>();
  const leased = new Map<string, Entry>();
  const waiters = new Set<Waiter>();

  const queueOf = (name: string) => {
    const queue = waiting.get(name) ?? [];
    waiting.set(name, queue);
    return queue;
  };

  function call(queue: string, operation: string, input: Json, context: CallContext): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const id = randomBytes(12).toString('hex');
      const entry: Entry = {
        id,
        queue,
        operation,
        input,
        context,
        token: '',
        expiry: undefined,
        resolve: (answer) => settle(() => resolve(answer)),
        reject: (error) => settle(() => reject(error)),
      };
      const withdraw = context.deadline.onExpire(() => {
        const wasTaken = leased.has(id);
        const what = wasTaken ? 'the worker has not answered in time' : `no worker has taken it from queue ${queue}`;
        entry.reject(callError(what, { kind: 'timeout', retryable: true, mayHaveActed: wasTaken }));
      });
      function settle(tell: () => void): void {
        withdraw();
        clearTimeout(entry.expiry);
        leased.delete(id);
        const line = queueOf(queue);
        if (line.includes(entry)) line.splice(line.indexOf(entry), 1);
        tell();
      }
      queueOf(queue).push(entry);
      for (const waiter of waiters) if (serve(waiter)) break;
    });
  }

  /** Gives a waiting worker what there is for it. Whether there was anything. */
  function serve({ request, give }: Waiter): boolean {
    const jobs: Job[] = [];
    for (const name of request.queues) {
      const line = queueOf(name);
      for (const entry of [...line]) {
        if (jobs.length >= request.max) break;
        if (request.operations && !request.operations.includes(entry.operation)) continue;
        line.splice(line.indexOf(entry), 1);
        jobs.push(lease(entry, request.leaseMs));
      }
    }
    if (jobs.length > 0) give(jobs);
    return jobs.length > 0;
  }

  function lease(entry: Entry, leaseMs: number): Job {
    const { id, queue, operation, input, context } = entry;
    entry.token = randomBytes(12).toString('hex');
    leased.set(id, entry);
    renew(entry, leaseMs);
    return {
      id,
      token: entry.token,
      queue,
      operation,
      input,
      idempotencyKey: context.idempotencyKey,
      attempt: context.attempt,
      ...(context.traceparent !== undefined && { traceparent: context.traceparent }),
      leaseMs,
      remainingMs: Math.floor(context.deadline.remainingMs()),
    };
  }

  function renew(entry: Entry, leaseMs: number): void {
    clearTimeout(entry.expiry);
    entry.expiry = setTimeout(() => {
      const message = `the worker that took it was not heard of for ${leaseMs} ms`;
      entry.reject(callError(message, { kind: 'unavailable', retryable: true, mayHaveActed: true }));
    }, leaseMs);
    entry.expiry.unref();
  }

  function held(id: string, token: string): Entry {
    const entry = leased.get(id);
    if (entry === undefined || entry.token !== token)
      throw new FlowError(
        'LEASE_LOST',
        `job ${id} is not leased to you (any more): what you answer is not recorded; it comes again under its key if it is still wanted`,
      );
    return entry;
  }

  const connector = defineConnector({
    protocol: 'worker',
    title: { en: 'Workers', zh: '外部工作程序' },
    config: Type.Object(
      {
        queue: Type.String({
          pattern: '^[a-zA-Z][a-zA-Z0-9_.-]{0,63}$',
          title: 'Queue',
          description: 'Workers take jobs by the name of their queue',
          examples: ['pricing'],
        }),
      },
      { additionalProperties: false },
    ),
    binding: Type.Object({}, { additionalProperties: false }),
    destination: ({ queue }) => `queue ${queue}`,
    open: async ({ queue }) => {
      const underWay = new Set<Promise<unknown>>();
      let closed = false;
      return {
        call({ operation, input }, context) {
          if (closed)
            throw callError('the connection is closed', { kind: 'refused', retryable: true, mayHaveActed: false });
          const calling = call(queue, operation, input, context).finally(() => underWay.delete(calling));
          underWay.add(calling);
          return calling;
        },
        async close() {
          closed = true;
          await Promise.allSettled(underWay);
        },
      };
    },
  });

  return {
    connector,
    take(request) {
      return new Promise((resolve) => {
        const waiter: Waiter = {
          request,
          give(jobs) {
            waiters.delete(waiter);
            clearTimeout(timer);
            request.signal.removeEventListener('abort', leave);
            resolve(jobs);
          },
        };
        const leave = () => waiter.give([]);
        const timer = setTimeout(leave, request.waitMs);
        if (request.signal.aborted || serve(waiter)) return request.signal.aborted ? leave() : undefined;
        if (request.waitMs === 0) return leave();
        waiters.add(waiter);
        request.signal.addEventListener('abort', leave, { once: true });
      });
    },
    extend: (id, token, leaseMs) => renew(held(id, token), leaseMs),
    complete(id, token, output) {
      const entry = held(id, token);
      const bytes = Buffer.byteLength(JSON.stringify(output));
      const { maxResponseBytes } = entry.context;
      if (bytes <= maxResponseBytes) return entry.resolve({ body: output });
      const message = `the worker answered ${bytes} bytes, more than ${maxResponseBytes}`;
      entry.reject(callError(message, { kind: 'too-large', retryable: false, mayHaveActed: true }));
    },
    fail(id, token, { reason, message, retryAfterMs, details }) {
      held(id, token).reject(
        callError(message, {
          kind: reason,
          retryable: reason === 'unavailable',
          mayHaveActed: reason === 'failed',
          ...(retryAfterMs !== undefined && { retryAfterMs }),
          ...(details !== undefined && { body: details }),
        }),
      );
    },
    figures() {
      const names = new Set([...waiting.keys(), ...[...leased.values()].map(({ queue }) => queue)]);
      return [...names].sort().map((queue) => ({
        queue,
        waiting: waiting.get(queue)?.length ?? 0,
        leased: [...leased.values()].filter((entry) => entry.queue === queue).length,
      }));
    },
    close() {
      for (const waiter of [...waiters]) waiter.give([]);
    },
  };
}

const callError = (message: string, facts: CallErrorFacts) => new CallError(message, facts);
