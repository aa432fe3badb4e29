import type { Run } from '../kernel/index.ts';
import { type FinishedSpan, formatTraceparent, parseTraceparent, spanIdOf, type Tracing } from '../telemetry/index.ts';
import type { Perform, Performable } from './perform.ts';

/** Records a span of every call, script and message, within that of its run, and hands it on to the service. */
export function tracedPerform(perform: Perform, tracing: Tracing, now: () => number): Perform {
  return async (effect, context) => {
    const trace = context.traceparent === undefined ? undefined : parseTraceparent(context.traceparent);
    if (trace === undefined) return perform(effect, context);
    const attempt = 'attempt' in effect ? effect.attempt : 1;
    const spanId = spanIdOf(`${context.runId} ${effect.id} ${attempt}`);
    const startedAt = now();
    const performed = await perform(effect, {
      ...context,
      traceparent: formatTraceparent({ ...trace, spanId, isSampled: true }),
    });
    tracing.record({
      ...about(effect),
      traceId: trace.traceId,
      spanId,
      parentSpanId: spanIdOf(context.runId),
      startedAt,
      endedAt: now(),
      // The code says what went wrong; the message may quote a service.
      ...(!performed.ok && { error: performed.failure.code }),
      attributes: { ...about(effect).attributes, 'heddle.run': context.runId, 'heddle.attempt': attempt },
    });
    return performed;
  };
}

/** The span of a run that has ended. */
export function recordRun(
  tracing: Tracing,
  run: Pick<Run, 'id' | 'flowId' | 'status' | 'startedAt' | 'traceparent'>,
  endedAt: number,
): void {
  const trace = run.traceparent === undefined ? undefined : parseTraceparent(run.traceparent);
  if (trace === undefined) return;
  tracing.record({
    name: `flow ${run.flowId}`,
    kind: 'server',
    traceId: trace.traceId,
    spanId: spanIdOf(run.id),
    ...(!beginsHere(trace) && { parentSpanId: trace.spanId }),
    startedAt: run.startedAt,
    endedAt,
    attributes: { 'heddle.flow': run.flowId, 'heddle.run': run.id, 'heddle.status': run.status },
    ...(run.status !== 'completed' && { error: run.status }),
  });
}

/** Where a run's children in other runs hang on: its own span. */
export function traceparentWithin(run: Pick<Run, 'id' | 'traceparent'>): string | undefined {
  const trace = run.traceparent === undefined ? undefined : parseTraceparent(run.traceparent);
  return trace && formatTraceparent({ ...trace, spanId: spanIdOf(run.id) });
}

/** A trace that the engine began has a first span that nobody records: `newTraceparent` marks it so. */
const beginsHere = ({ traceId, spanId }: { readonly traceId: string; readonly spanId: string }) =>
  traceId.startsWith(spanId);

function about(effect: Performable): Pick<FinishedSpan, 'name' | 'kind' | 'attributes'> {
  const node = { 'heddle.node': effect.node };
  switch (effect.kind) {
    case 'script':
      return { name: `script ${effect.node}`, kind: 'client', attributes: node };
    case 'emit':
      return {
        name: `publish ${effect.topic}`,
        kind: 'producer',
        attributes: { ...node, 'messaging.destination.name': effect.topic },
      };
    default:
      return {
        name: `${effect.service}.${effect.operation}`,
        kind: 'client',
        attributes: { ...node, 'heddle.service': effect.service, 'heddle.operation': effect.operation },
      };
  }
}
