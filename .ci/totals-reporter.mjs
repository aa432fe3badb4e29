/** Vitest reporter that closes with one plain line: `N passed, N failed[, N skipped]`. */
export default class TotalsReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const totals = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      for (const state of states) totals[state === 'pending' ? 'skipped' : state] += 1;
      // A file that does not load, or a hook that throws, fails no test: count it, or the totals would not show it.
      if (!module.ok() && !states.includes('failed')) totals.failed += 1;
    }
    const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
    process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed${skipped}\n`);
  }
}
