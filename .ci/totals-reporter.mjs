/** Vitest reporter that closes with one plain line: `N passed, N failed[, N skipped]`. */
export default class TotalsReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const totals = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      const before = totals.passed + totals.failed + totals.skipped;
      for (const test of module.children.allTests()) totals[test.result().state] += 1;
      // A file that fails to load has no tests of its own: count it, or its failure would not show in the totals.
      if (!module.ok() && totals.passed + totals.failed + totals.skipped === before) totals.failed += 1;
    }
    const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
    process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed${skipped}\n`);
  }
}
