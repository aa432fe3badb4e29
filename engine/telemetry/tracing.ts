import { createHash } from 'node:crypto';
import type { Log } from './log.ts';

/** Something that has ended, as a trace shows it. Times in epoch ms. */
export interface FinishedSpan {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'producer';
  readonly traceId: string;
  readonly spanId: string;
  /** Absent: the trace began here. */
  readonly parentSpanId?: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: { readonly [name: string]: string | number | boolean };
  /** Why it failed; absent if it did not. */
  readonly error?: string;
}

/** Sends spans to a collector. */
export interface Tracing {
  /** Costs a few µs; spans that the collector is too slow for are dropped. */
  record(span: FinishedSpan): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

/**
 * The id of a span by what it stands for. Derived, not drawn, so that a run that outlives its process has the same span
 * after a crash, and a step finds its run's without anybody keeping it.
 */
export const spanIdOf = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 16);

/** Spans by OTLP over HTTP, JSON encoded. The libraries are loaded now, so that engines without tracing do without. */
export async function openTracing(url: string, log: Log): Promise<Tracing> {
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, diag, DiagLogLevel, trace } = api;
  diag.setLogger(
    {
      error: (message) => log.warn({}, `tracing: ${message}`),
      warn: (message) => log.warn({}, `tracing: ${message}`),
      info() {},
      debug() {},
      verbose() {},
    },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const ids = { traceId: '', spanId: '' };
  const provider = new sdk.BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'heddle' }),
    idGenerator: { generateTraceId: () => ids.traceId, generateSpanId: () => ids.spanId },
    sampler: new sdk.AlwaysOnSampler(),
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter({ url }), { scheduledDelayMillis: 1_000 })],
  });
  const tracer = provider.getTracer('heddle');
  const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, producer: SpanKind.PRODUCER };
  return {
    record({ name, kind, traceId, spanId, parentSpanId, startedAt, endedAt, attributes, error }) {
      Object.assign(ids, { traceId, spanId });
      const context =
        parentSpanId === undefined
          ? ROOT_CONTEXT
          : trace.setSpanContext(ROOT_CONTEXT, {
              traceId,
              spanId: parentSpanId,
              traceFlags: TraceFlags.SAMPLED,
              isRemote: true,
            });
      const span = tracer.startSpan(name, { kind: kinds[kind], startTime: startedAt, attributes }, context);
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
      span.end(Math.max(endedAt, startedAt));
    },
    close: () => provider.shutdown(),
  };
}
