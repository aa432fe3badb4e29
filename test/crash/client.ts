import type { Json } from '@heddle/engine/errors';

/** One kind of request in a mixed load. */
export interface Workload {
  readonly flowId: string;
  /** Its answer is its result and nothing of it is kept: it is never accepted, only answered. */
  readonly express?: boolean;
  /** A fresh input; `n` counts the requests of all kinds. */
  readonly input: (n: number) => Json;
}

export interface Accepted {
  readonly runId: string;
  readonly flowId: string;
}

/**
 * A client outside the engine that starts runs and never sends one again: a request whose answer does not arrive is
 * forgotten, whether it was accepted or not. Whatever was answered with a run id counts as accepted.
 */
export class Client {
  readonly accepted: Accepted[] = [];
  /** Express runs that gave their result. */
  answered = 0;
  /** Answered without a run: overload, not ready. */
  refused = 0;
  /** The engine was killed under the request. */
  unanswered = 0;
  private readonly url: string;
  private readonly workloads: readonly Workload[];
  private count = 0;

  constructor(url: string, workloads: readonly Workload[]) {
    this.url = url;
    this.workloads = workloads;
  }

  /** Starts one run, of each kind in turn. */
  async send(): Promise<void> {
    const n = this.count++;
    const workload = this.workloads[n % this.workloads.length];
    if (workload === undefined) return;
    try {
      const response = await fetch(`${this.url}/flows/${workload.flowId}?wait=1ms`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(workload.input(n)),
        signal: AbortSignal.timeout(5_000),
      });
      const body = await response.text();
      const runId = response.headers.get('heddle-run-id') ?? (JSON.parse(body) as { runId?: string }).runId;
      if (runId && workload.express) this.answered += 1;
      else if (runId) this.accepted.push({ runId, flowId: workload.flowId });
      else if (response.status >= 500 || response.status === 429) this.refused += 1;
      else throw new TypeError(`${workload.flowId} answered ${response.status}: ${body}`);
    } catch (error) {
      if (error instanceof TypeError && error.message.includes('answered')) throw error;
      this.unanswered += 1;
    }
  }
}
