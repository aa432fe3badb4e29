import { createHash } from 'node:crypto';
import { canonicalJson, type Flow } from '../definition/index.ts';
import { FlowError, type Json, type Problem } from '../errors.ts';
import { evaluate } from '../expression/index.ts';
import type { Outcome, Priority, Refusal, Runtime } from '../runtime/runtime.ts';
import type { Caller } from './caller.ts';

export interface StartFlowDeps {
  readonly runtime: Runtime;
  /** The flow in its current version, or the one named. */
  readonly flow: (flowId: string, version?: string) => Promise<Flow | undefined>;
  /** What does not fit the flow's `input` schema; pointers begin at the body. */
  readonly inputProblems: (flow: Flow, input: Json) => readonly Problem[];
  /** Runs an express flow to its end. */
  readonly express: (flow: Flow, version: string, input: Json, caller: Caller) => Promise<Outcome>;
  readonly now: () => number;
  /** Which starts are taken now. */
  readonly admission: {
    /** False when every start is taken, whatever it is. */
    readonly isTight: boolean;
    refuse(priority: Priority, background: boolean): Refusal | undefined;
    /** Counts an express run until it has ended. */
    during<Result>(run: () => Promise<Result>): Promise<Result>;
  };
}

export interface FlowStart extends Caller {
  readonly flowId: string;
  /** Default: the current one. */
  readonly version?: string;
  readonly input: Json;
  /** The caller's `Idempotency-Key`. */
  readonly idempotencyKey?: string;
  /** How long to wait for the outcome. */
  readonly waitMs: number;
}

export interface Started {
  readonly runId: string;
  readonly outcome: Outcome | 'pending';
  /** False when the key had been used before: this is the original run. */
  readonly created: boolean;
  readonly flow: Flow;
}

const MAX_KEY_LENGTH = 255;

/**
 * What every trigger does: finds the flow, checks the input against its schema, accepts the run once per key, and
 * waits for its outcome.
 *
 * @throws {FlowError} `FLOW_NOT_FOUND`, `VERSION_NOT_FOUND`, `INPUT_INVALID` (with `details.problems`), or what
 *   {@link Runtime.start} throws. Nothing was accepted.
 */
export async function startFlow(deps: StartFlowDeps, request: FlowStart): Promise<Started> {
  const flow = await deps.flow(request.flowId, request.version);
  if (flow === undefined) {
    const code = request.version === undefined ? 'FLOW_NOT_FOUND' : 'VERSION_NOT_FOUND';
    throw new FlowError(
      code,
      `no flow ${request.flowId}${request.version === undefined ? '' : ` in version ${request.version}`} is published`,
    );
  }
  const problems = deps.inputProblems(flow, request.input);
  if (problems.length > 0) {
    throw new FlowError('INPUT_INVALID', `the body does not fit the input schema of ${flow.id}`, {
      details: { problems: problems.map((problem) => ({ ...problem })) },
    });
  }
  const version = request.version ?? 'latest';
  const background = isBackground(request.waitMs);
  if (flow.mode === 'express') {
    const refusal = refusalOf(deps, flow, background);
    if (refusal) throw new FlowError(refusal.code, refusal.detail, { details: { retryAfterMs: refusal.retryAfterMs } });
    const outcome = await deps.admission.during(() => deps.express(flow, version, request.input, request));
    return { runId: outcome.runId, outcome, created: true, flow };
  }
  const key = request.idempotencyKey ?? keyOf(flow, request.input, deps.now());
  if (key !== undefined && (key.length === 0 || key.length > MAX_KEY_LENGTH))
    throw new FlowError('INVALID_REQUEST', `an Idempotency-Key has 1 to ${MAX_KEY_LENGTH} characters`);
  const { runId, created } = await deps.runtime.start({
    flow: { flowId: flow.id, version },
    input: request.input,
    ...(background && { background }),
    ...(request.traceparent === undefined ? {} : { traceparent: request.traceparent }),
    ...(request.attributes === undefined ? {} : { attributes: request.attributes }),
    ...(key === undefined
      ? {}
      : { dedupe: { key, bodyHash: createHash('sha256').update(canonicalJson(request.input)).digest('hex') } }),
  });
  return { runId, outcome: await deps.runtime.result(runId, request.waitMs), created, flow };
}

/** A caller who asks for the outcome within less than this does not wait for it. */
const SHORTEST_WAIT_MS = 100;

export const isBackground = (waitMs: number) => waitMs < SHORTEST_WAIT_MS;

/** Why a flow is not started now; undefined if it is. May be asked before the request has been read. */
export const refusalOf = (
  { admission }: Pick<StartFlowDeps, 'admission'>,
  flow: Flow,
  background: boolean,
): Refusal | undefined => (admission.isTight ? admission.refuse(flow.priority ?? 'normal', background) : undefined);

/** The key that the flow itself computes from its input. */
function keyOf(flow: Flow, input: Json, now: number): string | undefined {
  if (flow.idempotencyKey === undefined) return undefined;
  const key = evaluate(flow.idempotencyKey, { now, read: (root) => (root === 'input' ? input : undefined) });
  return typeof key === 'string' ? key : JSON.stringify(key);
}
