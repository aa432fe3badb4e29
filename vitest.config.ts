import { defineConfig } from 'vitest/config';

// Vitest hands these to Node, for `require` too: `import` among them would load the wrong half of a package that has two.
// Vite adds `import` and `default` by itself.
const conditions = ['source', 'node'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{connectors,engine,flows,test,designer}/**/*.test.ts'],
    reporters: ['default', './.ci/totals-reporter.mjs'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
