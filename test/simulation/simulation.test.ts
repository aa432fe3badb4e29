import { expect, test } from 'vitest';
import { simulate } from './simulate.ts';

/** The short form; `node test/dist/simulation/simulate.js 100000` is the long one. With another number it only says whether. */
const chosen = process.env['SIMULATED_LIVES'];
const LIVES = Number(chosen ?? 2_000);

test('whatever order things happen in and whatever fails, every accepted run ends as the model says, and nothing is lost, doubled, early or done before it is on disk', async () => {
  const { lives, failure } = await simulate(LIVES, 20_261_123, { isShrunk: chosen === undefined });
  if (failure !== undefined) throw new Error(failure);
  expect(lives).toBe(LIVES);
}, 600_000);
