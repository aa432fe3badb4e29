import { expect, test } from 'vitest';
import { engineCase } from './engine-case.ts';
import { missing } from './interposer.ts';
import { matrix } from './matrix.ts';

/** The short form, a sample; all cases: `node test/dist/crash/disk/matrix.js`. */
test.skipIf(missing)(
  `whatever operation on the disk fails, and however, no accepted run is lost and no effect is missing or doubled${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  async () => {
    const report = await matrix({ sample: 50, seed: 20_261, log: () => {} });
    expect(report.findings).toEqual([]);
    expect(report.cases).toBe(50);
    expect(report.struck).toBeGreaterThan(35);
    expect(report.accepted).toBeGreaterThan(100);
  },
  180_000,
);

test.skipIf(missing).each([
  ['kill-before', 40],
  ['kill-after', 90],
  ['torn', 75],
  ['eio', 60],
  ['enospc', 120],
  ['full', 50],
  ['sync-fails', 30],
] as const)(
  'the whole engine, with HTTP and services, stands %s at operation %i',
  async (fault, number) => {
    const report = await engineCase(fault, number);
    expect(report.findings).toEqual([]);
    expect(report.struck).toBe(true);
    expect(report.accepted).toBeGreaterThan(0);
  },
  90_000,
);
