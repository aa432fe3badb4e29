import { expect, test } from 'vitest';
import { missing } from './interposer.ts';
import { matrix } from './matrix.ts';

/** The short form, a sample; all cases: `node test/dist/crash/disk/matrix.js`. */
test.skipIf(missing)(
  `whatever operation on the disk fails, and however, no accepted run is lost and no effect is missing or doubled${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  async () => {
    const report = await matrix({ sample: 60, seed: 20_261, log: () => {} });
    expect(report.findings).toEqual([]);
    expect(report.cases).toBe(60);
    expect(report.struck).toBeGreaterThan(40);
    expect(report.accepted).toBeGreaterThan(100);
  },
  180_000,
);
