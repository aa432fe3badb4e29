import { FlowError, type Json } from '@heddle/engine/errors';
import type { Invoker, ServiceRegistry } from '@heddle/engine/services/index';
import type { Answer } from './case.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** An effect of a service: under one key it happens once, whatever is asked how often. */
interface Effect {
  readonly operation: string;
  readonly output: Json;
  happened: boolean;
}

/**
 * The services, which know calls by their idempotency key as banks do: a key under which something has happened, or is
 * happening, is answered as the first time. Whether they act at once or just before they answer is left to the seed;
 * what they have begun goes on when the engine dies.
 */
export class Bank {
  /** By idempotency key. */
  readonly effects = new Map<string, Effect>();
  private readonly world: World;
  private readonly random: Random;
  private readonly answers: Answer[];

  constructor(world: World, random: Random, answers: readonly Answer[]) {
    this.world = world;
    this.random = random;
    this.answers = [...answers];
  }

  readonly invoke: Invoker['invoke'] = ({ service, operation }, { idempotencyKey }) =>
    new Promise((resolve, reject) => {
      const known = this.effects.get(idempotencyKey);
      const answer = known ? 'ok' : (this.answers.shift() ?? 'ok');
      const takesMs = this.random.latencyMs(20);
      const acts = answer === 'ok' || answer === 'again' || (answer === 'unknown' && this.random.chance(0.5));
      const effect = known ?? { operation, output: answer === 'again' ? 'again' : 'ok', happened: false };
      if (acts) {
        this.effects.set(idempotencyKey, effect);
        this.world.later(this.random.below(takesMs + 1), () => {
          effect.happened = true;
        });
      }
      this.world.within(takesMs, () => {
        if (answer === 'ok' || answer === 'again') resolve({ output: effect.output, durationMs: takesMs });
        else reject(failure(answer, service, operation));
      });
    });
}

const failures = {
  fail: { code: 'SERVICE_REFUSED', retryable: false, mayHaveActed: false },
  transient: { code: 'SERVICE_UNAVAILABLE', retryable: true, mayHaveActed: false },
  unknown: { code: 'OUTCOME_UNKNOWN', retryable: false, mayHaveActed: true },
} as const;

function failure(answer: keyof typeof failures, service: string, operation: string): FlowError {
  const { code, ...details } = failures[answer];
  return new FlowError(code, `${service}.${operation}: ${answer}`, {
    details: { service, operation, attempts: 1, ...details },
  });
}

/** Of the catalogue a runtime asks only what may be repeated: here everything, because the services know the keys. */
export const registry: Pick<ServiceRegistry, 'resolve'> = {
  resolve: () => ({ safety: 'idempotent' }) as ReturnType<ServiceRegistry['resolve']>,
};
