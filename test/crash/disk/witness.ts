import { REFUSED } from './shapes.ts';

/** The world outside: remembers every call by its key, and answers the same to the same key. It is never killed. */
export class Witness {
  private readonly keys: Set<string>;

  /** @param before calls of an earlier life */
  constructor(before: Iterable<string> = []) {
    this.keys = new Set(before);
  }

  readonly answer = async (key: string, operation: string): Promise<boolean> => {
    this.keys.add(key);
    return operation !== REFUSED;
  };

  /** Keys that no such run may have asked for, and keys of such runs that are missing. */
  compare(runs: ReadonlyMap<string, readonly string[]>): string[] {
    const wanted = new Set([...runs].flatMap(([runId, calls]) => calls.map((call) => `${runId}${call}`)));
    return [
      ...[...this.keys]
        .filter((key) => !wanted.has(key))
        .map((key) => `the effect ${key} happened and should not have`),
      ...[...wanted].filter((key) => !this.keys.has(key)).map((key) => `the effect ${key} never happened`),
    ];
  }
}
