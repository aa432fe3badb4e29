import { type Answer, isCallError } from '@heddle/connectors/sdk/index';
import {
  CircuitState,
  circuitBreaker,
  handleWhenResult,
  type IBreaker,
  isBrokenCircuitError,
  SamplingBreaker,
} from 'cockatiel';
import { type Call, type Layer, Refusal, type Run } from './call.ts';

export interface BreakerSettings {
  readonly failureRatio: number;
  readonly windowMs: number;
  readonly minimumCalls: number;
  readonly openMs: number;
}

export type BreakerState = 'closed' | 'half-open' | 'open';

export interface Breaker {
  readonly layer: Layer;
  state(): BreakerState;
}

/** A layer's way to say how a try ended without throwing: an exception would not count as a call. */
type Outcome = { readonly answer: Answer } | { readonly error: unknown };

/**
 * Opens when `failureRatio` or more of at least `minimumCalls` calls in `windowMs` failed; after `openMs` one call is
 * let through, and its outcome closes it or opens it again. Calls that come meanwhile wait for that outcome.
 *
 * A refusal by the service (4xx, 429) is a sign of life, not a failure.
 *
 * cockatiel reads the wall clock here: a clock set back keeps an open breaker open for as much longer.
 */
export function breaker(settings: BreakerSettings, onChange: (state: BreakerState) => void): Breaker {
  const { openMs } = settings;
  const window = new FreshWindow(settings);
  const policy = circuitBreaker(
    handleWhenResult((result) => isFailure(result as Outcome)), // execute() below is given nothing else
    {
      halfOpenAfter: openMs,
      breaker: window,
    },
  );
  let openedAtMs = 0;

  /** On the way of nearly every call: a success is counted without the five promises that the policy makes of it. */
  function whileClosed(next: Run, call: Call): Promise<Answer> {
    return next(call).then(
      (answer) => {
        window.success(CircuitState.Closed);
        return answer;
      },
      async (error: unknown) => {
        // What was called before it opened tells nothing about the time since.
        if (policy.state === CircuitState.Closed) await policy.execute(() => ({ error }));
        throw error;
      },
    );
  }

  async function asPolicySays(next: Run, call: Call): Promise<Answer> {
    let outcome: Outcome;
    try {
      outcome = await policy.execute((): Promise<Outcome> => next(call).then(answered, failed));
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error;
      const leftMs = Math.max(0, Math.ceil(openMs - (performance.now() - openedAtMs)));
      throw new Refusal('SERVICE_UNAVAILABLE', 'too many of the last calls failed, so it is left alone', leftMs);
    }
    if ('error' in outcome) throw outcome.error;
    return outcome.answer;
  }

  policy.onStateChange((state) => {
    if (state === CircuitState.Open) openedAtMs = performance.now();
    onChange(nameOf(state));
  });
  return {
    state: () => nameOf(policy.state),
    layer: (next) => (call) =>
      policy.state === CircuitState.Closed ? whileClosed(next, call) : asPolicySays(next, call),
  };
}

/** cockatiel's window moves on by a fifth with a call, however much time has passed; after a pause it is made anew. */
class FreshWindow implements IBreaker {
  readonly #settings: BreakerSettings;
  #window: SamplingBreaker;
  #lastMs = 0;

  constructor(settings: BreakerSettings) {
    this.#settings = settings;
    this.#window = samplingBreaker(settings);
  }

  success(state: CircuitState): void {
    this.#present().success(state);
  }

  failure(state: CircuitState): boolean {
    return this.#present().failure(state);
  }

  get state(): unknown {
    return this.#window.state;
  }

  set state(state: unknown) {
    this.#window.state = state;
  }

  #present(): SamplingBreaker {
    const nowMs = performance.now();
    if (nowMs - this.#lastMs >= this.#settings.windowMs) this.#window = samplingBreaker(this.#settings);
    this.#lastMs = nowMs;
    return this.#window;
  }
}

function samplingBreaker({ failureRatio, windowMs, minimumCalls }: BreakerSettings): SamplingBreaker {
  return new SamplingBreaker({
    // cockatiel wants more than the threshold: half of the calls failing is to be enough for 0.5.
    threshold: failureRatio * (1 - 1e-9),
    duration: windowMs,
    // Half a call less, or rounding makes it one call more.
    minimumRps: ((minimumCalls - 0.5) * 1_000) / windowMs,
  });
}

const answered = (answer: Answer): Outcome => ({ answer });
const failed = (error: unknown): Outcome => ({ error });

function isFailure(outcome: Outcome): boolean {
  if (!('error' in outcome) || !isCallError(outcome.error)) return false;
  const { kind, status } = outcome.error;
  return kind === 'failed' || kind === 'timeout' || (kind === 'unavailable' && status !== 429);
}

function nameOf(state: CircuitState): BreakerState {
  if (state === CircuitState.Closed) return 'closed';
  return state === CircuitState.HalfOpen ? 'half-open' : 'open';
}
