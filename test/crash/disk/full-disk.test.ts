import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canMount, type FullDiskReport } from './full-disk.ts';
import { root } from './place.ts';

test.skipIf(!canMount)(
  `with its disk full the engine refuses starts with 503, reads on, and goes on by itself once there is room${canMount ? '' : ' (skipped: nothing can be mounted here; that takes root)'}`,
  () => {
    const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'test/dist/crash/disk/full-disk.js')], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const report = JSON.parse(stdout) as FullDiskReport;
    expect(report.findings).toEqual([]);
    expect(report.refused).toBeGreaterThan(0);
    expect(report.read).toBeGreaterThan(0);
    expect(report.accepted[2]).toBeGreaterThan(0);
  },
  90_000,
);
