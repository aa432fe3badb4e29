import { expect, test } from 'vitest';
import { missing } from './interposer.ts';
import { powerCut } from './power-cut.ts';

/** The short form; thousands of images: `node test/dist/crash/disk/power-cut.js 3000`. */
test.skipIf(missing)(
  `whenever the power goes and whatever of the unsynchronised writes is left, what was acknowledged is there${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  async () => {
    const report = await powerCut({ images: 150, goOnEvery: 15, starts: 8, seed: 20_261, log: () => {} });
    expect(report.findings).toEqual([]);
    expect(report.images).toBe(150);
    expect(report.wentOn).toBe(10);
    expect(report.accepted).toBeGreaterThan(80);
  },
  180_000,
);
