import { expect, test } from 'vitest';
import { mutants } from './mutants.ts';
import { found, mutate } from './mutate.ts';

test('every fault that is put in on purpose still has its place in the sources, exactly one', () => {
  const lost = mutants.filter((mutant) => found(mutant).some((count) => count !== 1)).map(({ name }) => name);
  expect(lost).toEqual([]);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});

/** The cheap ones; all of them: `node test/dist/crash/mutants/mutate.js`. */
test('faults that are put in on purpose are caught by the test that is named for them', () => {
  const cheap = mutants.filter(({ name }) => ['dropped-early-signal', 'signal-twice'].includes(name));
  expect(mutate(cheap, () => {}).map(({ isCaught }) => isCaught)).toEqual([true, true]);
}, 300_000);
