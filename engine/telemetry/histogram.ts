import type { Registry } from 'prom-client';

/** One series of a histogram: keep it, so that counting neither builds nor hashes labels. */
export interface Series {
  observe(value: number): void;
}

export interface HistogramOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  /** Upper bounds, ascending; what lies above the last still counts in the whole. */
  readonly buckets: readonly number[];
}

/**
 * A histogram in a registry of prom-client, which hashes the labels of every observation (1 µs each); a call and a run
 * count three or four of them. Here an observation is one addition to an array.
 */
export class Histogram<Label extends string = never> {
  readonly #options: HistogramOptions<Label>;
  readonly #series: { readonly labels: object; readonly counts: Counts }[] = [];

  constructor(options: HistogramOptions<Label>, registry: Registry) {
    this.#options = options;
    // All that a registry asks of a metric when it is read.
    registry.registerMetric({ name: options.name, get: async () => this.#read() } as never);
  }

  /** A new series: call it once for each combination of labels. */
  series(...values: readonly string[]): Series {
    const labels = Object.fromEntries(this.#options.labelNames.map((name, index) => [name, values[index] ?? '']));
    const counts = new Counts(this.#options.buckets);
    this.#series.push({ labels, counts });
    return counts;
  }

  #read() {
    const { name, help } = this.#options;
    const values = this.#series.flatMap(({ labels, counts }) => [
      ...counts
        .cumulative()
        .map(([le, value]) => ({ labels: { le }, sharedLabels: labels, value, metricName: `${name}_bucket` })),
      { labels: {}, sharedLabels: labels, value: counts.sum, metricName: `${name}_sum` },
      { labels: {}, sharedLabels: labels, value: counts.total, metricName: `${name}_count` },
    ]);
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }
}

class Counts implements Series {
  sum = 0;
  total = 0;
  readonly #bounds: readonly number[];
  readonly #counts: number[];

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.sum += value;
    this.total += 1;
    const bounds = this.#bounds;
    for (let at = 0; at < bounds.length; at += 1) {
      if (value > (bounds[at] ?? 0)) continue;
      this.#counts[at] = (this.#counts[at] ?? 0) + 1;
      return;
    }
  }

  /** Each bound with how many were not above it, then `+Inf` with all. */
  cumulative(): [bound: number | '+Inf', count: number][] {
    let count = 0;
    const within = this.#bounds.map((bound, at): [number, number] => {
      count += this.#counts[at] ?? 0;
      return [bound, count];
    });
    return [...within, ['+Inf', this.total]];
  }
}
