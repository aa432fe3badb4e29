export { createLog, type Log, type LogFields, type LogLevel, type LogOptions, silentLog } from './log.ts';
export { type CallMeter, createMetrics, type Metrics, type MetricsOptions, type RunMeter } from './metrics.ts';
export type { ServiceFigures } from './service-metrics.ts';
export {
  childTrace,
  formatTraceparent,
  parseTraceparent,
  type Randomness,
  startTrace,
  type TraceContext,
} from './trace.ts';
export { type FinishedSpan, openTracing, spanIdOf, type Tracing } from './tracing.ts';
