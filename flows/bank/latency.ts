/** How long operations take, in milliseconds: one default and exceptions by `service.operation`. In memory. */
export class Latency {
  #byOperation: Readonly<Record<string, number>> = {};

  /** Replaces all; the member `default` is for every operation that is not named. */
  set(latency: Readonly<Record<string, number>>): void {
    this.#byOperation = { ...latency };
  }

  of(operation: string): number {
    return this.#byOperation[operation] ?? this.#byOperation['default'] ?? 0;
  }

  list(): Readonly<Record<string, number>> {
    return this.#byOperation;
  }
}
