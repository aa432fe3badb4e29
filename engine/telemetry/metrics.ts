import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { Histogram } from './histogram.ts';
import { type ServiceFigures, serviceMetrics } from './service-metrics.ts';

/** The handle of one operation: keep it, its labels are looked up once. */
export interface CallMeter {
  /** @param outcome `ok` or an error code. */
  done(outcome: string, durationMs: number): void;
}

export interface RunMeter {
  started(): void;
  finished(status: string, durationMs: number): void;
}

export interface AdmissionFigures {
  /** Active runs up to which starts are taken now. */
  readonly limit: number;
  /** How late the event loop is, and how long commits take, on average. */
  readonly loopMs: number;
  readonly commitMs: number;
  /** Starts refused so far, by priority. */
  readonly refused: ReadonlyMap<string, number>;
}

/** Figures of one process, in the Prometheus text format. Every method is safe to call on the hot path. */
export interface Metrics {
  call(service: string, operation: string): CallMeter;
  run(flow: string): RunMeter;
  /** One commit of the journal: how many records it took together, and how long until they were durable. */
  journalCommitted(records: number, durationMs: number): void;
  /** Something with a length, read when the metrics are read. The same name again replaces the reader. */
  queue(name: string, depth: () => number): void;
  /** How starts are admitted, read when the metrics are read. */
  admission(figures: () => AdmissionFigures): void;
  /** Figures of services, read when the metrics are read: counting them costs calls nothing more. */
  services(figures: ServiceFigures): void;
  /** The content type and text for `GET /metrics`. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

const CALL_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const RUN_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 60, 600, 3_600, 86_400];
const COMMIT_SECONDS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5];

export interface MetricsOptions {
  /** CPU, memory, event loop lag. Default `false`. */
  readonly process?: boolean;
}

export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.process) collectDefaultMetrics({ register: registry });
  // Gauges that are named like counters; the same by type are there under their right names.
  for (const name of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${name}_total`);

  const calls = new Histogram(
    {
      name: 'heddle_call_duration_seconds',
      help: 'Calls of service operations: their number, duration and outcome (ok or an error code).',
      labelNames: ['service', 'operation', 'outcome'],
      buckets: CALL_SECONDS,
    },
    registry,
  );
  const started = new Counter({
    name: 'heddle_runs_started_total',
    help: 'Runs accepted.',
    labelNames: ['flow'],
    registers,
  });
  const finished = new Histogram(
    {
      name: 'heddle_run_duration_seconds',
      help: 'Runs ended: their number, duration and final status.',
      labelNames: ['flow', 'status'],
      buckets: RUN_SECONDS,
    },
    registry,
  );
  const commits = new Histogram(
    {
      name: 'heddle_journal_commit_duration_seconds',
      help: 'Commits of the journal, from the first record waiting to durable.',
      labelNames: [],
      buckets: COMMIT_SECONDS,
    },
    registry,
  ).series();
  const records = new Counter({ name: 'heddle_journal_records_total', help: 'Records committed.', registers });
  const depths = new Map<string, () => number>();
  new Gauge({
    name: 'heddle_queue_depth',
    help: 'What waits, by queue.',
    labelNames: ['queue'],
    registers,
    collect() {
      for (const [name, depth] of depths) this.set({ queue: name }, depth());
    },
  });

  const admissionOf = (figures: () => AdmissionFigures) => {
    new Gauge({
      name: 'heddle_admission_limit',
      help: 'Active runs up to which starts are taken now.',
      registers,
      collect() {
        this.set(figures().limit);
      },
    });
    new Gauge({
      name: 'heddle_admission_delay_seconds',
      help: 'How late the event loop is (loop), and how long commits take (commit), on average.',
      labelNames: ['of'],
      registers,
      collect() {
        this.set({ of: 'loop' }, figures().loopMs / 1_000);
        this.set({ of: 'commit' }, figures().commitMs / 1_000);
      },
    });
    new Counter({
      name: 'heddle_starts_refused_total',
      help: 'Starts refused because of load, by the priority of their flow.',
      labelNames: ['priority'],
      registers,
      collect() {
        this.reset();
        for (const [priority, count] of figures().refused) this.inc({ priority }, count);
      },
    });
  };

  const services = serviceMetrics(registers);

  const callMeters = cached((service: string, operation: string): CallMeter => {
    const outcomes = cached((outcome: string) => calls.series(service, operation, outcome));
    return { done: (outcome, durationMs) => outcomes(outcome).observe(durationMs / 1_000) };
  });
  const runMeters = cached((flow: string): RunMeter => {
    const startedHere = started.labels(flow);
    const statuses = cached((status: string) => finished.series(flow, status));
    return {
      started: () => startedHere.inc(),
      finished: (status, durationMs) => statuses(status).observe(durationMs / 1_000),
    };
  });

  return {
    call: callMeters,
    run: runMeters,
    journalCommitted(count, durationMs) {
      commits.observe(durationMs / 1_000);
      records.inc(count);
    },
    queue: (name, depth) => void depths.set(name, depth),
    admission: admissionOf,
    services,
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

/** Remembers what `make` makes, by its arguments. Labels come from definitions, not from callers, so it stays small. */
function cached<Keys extends readonly string[], Value>(make: (...keys: Keys) => Value): (...keys: Keys) => Value {
  const made = new Map<string, Value>();
  return (...keys) => {
    const key = keys.length === 1 ? (keys[0] ?? '') : keys.join('\u0000');
    const present = made.get(key);
    if (present !== undefined) return present;
    const value = make(...keys);
    made.set(key, value);
    return value;
  };
}
