/** What the choice has to know of an endpoint. */
export interface Candidate {
  readonly tags: readonly string[];
  readonly when: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** By now, warming up included. */
  weightAt(nowMs: number): number;
  isUpAt(nowMs: number): boolean;
}

export interface Choice<Endpoint> {
  readonly endpoints: readonly Endpoint[];
  readonly attributes: Readonly<Record<string, string>> | undefined;
  /** Where this call has been before. */
  readonly tried: ReadonlySet<unknown> | undefined;
  readonly nowMs: number;
  /** From 0 up to 1. */
  readonly chance: number;
}

/**
 * The endpoint that takes a call: one whose `when` matches it, else one of those without `when`; of these one that is
 * up and that the call has not been to; where there is none, one that is up, and at last any. By weight, by chance.
 */
export function choose<Endpoint extends Candidate>(choice: Choice<Endpoint>): Endpoint | undefined {
  const { attributes, tried, nowMs } = choice;
  const endpoints = choice.endpoints.filter((each) => each.weightAt(nowMs) > 0);
  const gray = endpoints.filter(({ when }) => when !== undefined && matches(when, attributes));
  const pools = [gray, endpoints.filter(({ when }) => when === undefined)].map((pool) => tagged(pool, attributes));
  const isUp = (each: Endpoint) => each.isUpAt(nowMs);
  const isNew = (each: Endpoint) => tried === undefined || !tried.has(each);
  for (const fits of [(each: Endpoint) => isUp(each) && isNew(each), isUp, isNew, () => true]) {
    for (const pool of pools) {
      const fitting = pool.filter(fits);
      if (fitting.length > 0) return byWeight(fitting, choice);
    }
  }
  return undefined;
}

function matches(when: NonNullable<Candidate['when']>, attributes: Choice<never>['attributes'] = {}): boolean {
  return Object.entries(when).every(([name, wanted]) => {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    return value !== undefined && (typeof wanted === 'string' ? wanted === value : wanted.includes(value));
  });
}

/** Those with the tag that the call asks for, if there are any. */
function tagged<Endpoint extends Candidate>(
  pool: readonly Endpoint[],
  attributes: Choice<never>['attributes'],
): readonly Endpoint[] {
  const tag = attributes?.['tag'];
  const fitting = tag === undefined ? [] : pool.filter(({ tags }) => tags.includes(tag));
  return fitting.length > 0 ? fitting : pool;
}

function byWeight<Endpoint extends Candidate>(
  endpoints: readonly Endpoint[],
  { nowMs, chance }: Choice<Endpoint>,
): Endpoint | undefined {
  const total = endpoints.reduce((sum, each) => sum + each.weightAt(nowMs), 0);
  let left = chance * total;
  for (const each of endpoints) {
    left -= each.weightAt(nowMs);
    if (left < 0) return each;
  }
  return endpoints.at(-1); // what rounding leaves over
}
