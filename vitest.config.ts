import { defineConfig } from 'vitest/config';

// Vitest hands these to Node, for `require` too: `import` among them would load the wrong half of a package that has two.
// Vite adds `import` and `default` by itself.
const conditions = ['source', 'node'];
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
};

export default defineConfig({
  test: {
    reporters: ['default', './.ci/totals-reporter.mjs'],
    projects: [
      {
        ...shared,
        test: {
          name: 'code',
          include: ['{connectors,engine,flows,test,designer}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', 'test/browser/**'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...shared,
        // After everything else and one file at a time: a browser wants the machine for itself, and so do those that
        // measure time.
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
