import { expect, test } from 'vitest';
import { hasFailed, sampleDrill } from './kill.ts';

/** The short form; `npm run test:crash -- 200` is the long one. */
test('the engine is killed again and again under the six flows: no accepted run is lost, no effect doubled, the books balance', async () => {
  const report = await sampleDrill(5, 20_261, () => {});
  expect(report.accepted).toBeGreaterThan(10);
  expect(report.kills).toBe(5);
  expect(hasFailed(report) ? report : 'no finding').toBe('no finding');
}, 300_000);
