import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Candidate, choose } from './choose.ts';

interface Place extends Candidate {
  readonly id: number;
  readonly weight: number;
  readonly isUp: boolean;
}

function place(id: number, parts: Partial<Omit<Place, 'id'>> = {}): Place {
  const { weight = 1, isUp = true, tags = [], when } = parts;
  return { id, weight, isUp, tags, when, weightAt: () => weight, isUpAt: () => isUp };
}

const by = (
  endpoints: readonly Place[],
  more: { attributes?: Record<string, string>; tried?: Set<Place>; chance?: number } = {},
) => choose({ endpoints, attributes: undefined, tried: undefined, nowMs: 0, chance: 0.5, ...more });

test('each takes its share of the calls', () => {
  const weights = fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(weights, (all) => {
      const endpoints = all.map((weight, id) => place(id, { weight }));
      const total = all.reduce((sum, weight) => sum + weight, 0);
      const counts = all.map(() => 0);
      const tries = 500;
      for (let index = 0; index < tries; index += 1) {
        const chosen = by(endpoints, { chance: index / tries });
        if (chosen) counts[chosen.id] = (counts[chosen.id] ?? 0) + 1;
      }
      for (const [id, weight] of all.entries()) {
        if (total === 0 || weight === 0) expect(counts[id]).toBe(0);
        else expect(Math.abs((counts[id] ?? 0) / tries - weight / total)).toBeLessThanOrEqual(1 / tries + 1e-9);
      }
    }),
  );
});

test('one that is up and new to the call is found if there is one, then one that is up, then any', () => {
  const places = fc.array(fc.record({ isUp: fc.boolean(), isTried: fc.boolean(), weight: fc.constantFrom(0, 1, 5) }), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(places, fc.double({ min: 0, max: 0.999, noNaN: true }), (all, chance) => {
      const endpoints = all.map((each, id) => place(id, each));
      const tried = new Set(endpoints.filter((_each, id) => all[id]?.isTried));
      const chosen = by(endpoints, { tried, chance });
      const open = endpoints.filter(({ weight }) => weight > 0);
      const fitting = [
        open.filter((each) => each.isUp && !tried.has(each)),
        open.filter(({ isUp }) => isUp),
        open.filter((each) => !tried.has(each)),
        open,
      ].find((each) => each.length > 0);
      if (fitting === undefined) expect(chosen).toBeUndefined();
      else expect(fitting).toContain(chosen);
    }),
  );
});

const stable = place(0);
const gray = place(1, { when: { tenant: ['t1', 't2'], channel: 'app' } });
const downGray = place(2, { when: { tenant: 't3' }, isUp: false });
const green = place(3, { tags: ['green'], weight: 0.000_001 });

test.each<{ attributes: Record<string, string> | undefined; id: number; what: string }>([
  { attributes: undefined, id: 0, what: 'no attributes' },
  { attributes: { tenant: 't1' }, id: 0, what: 'one of two that are asked for' },
  { attributes: { tenant: 't2', channel: 'app', more: 'x' }, id: 1, what: 'all that are asked for' },
  { attributes: { tenant: 't9', channel: 'app' }, id: 0, what: 'another tenant' },
  { attributes: { tenant: 't3' }, id: 0, what: 'a tenant whose endpoint is down' },
  { attributes: { tag: 'green' }, id: 3, what: 'a tag' },
  { attributes: { tag: 'blue' }, id: 0, what: 'a tag that nobody has' },
  { attributes: { constructor: 'x' }, id: 0, what: 'a name that every object has' },
])('a call with $what goes to $id', ({ attributes, id }) => {
  const endpoints = [stable, gray, downGray, green];
  expect(by(endpoints, { ...(attributes && { attributes }) })?.id).toBe(id);
});

test('a call that nothing matches goes nowhere, rather than to a gray endpoint', () => {
  expect(by([gray], { attributes: { tenant: 't9' } })).toBeUndefined();
});
