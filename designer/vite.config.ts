import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Puts a `.gz` beside every script and style, which the engine serves to browsers that take it. */
const compressed = (): Plugin => ({
  name: 'compressed',
  apply: 'build',
  writeBundle: ({ dir = '' }, bundle) => {
    for (const name of Object.keys(bundle)) {
      if (/\.(js|css)$/.test(name)) writeFileSync(join(dir, `${name}.gz`), gzipSync(readFileSync(join(dir, name))));
    }
  },
});

/** `source`: the engine's TypeScript is bundled as it stands, so the browser runs the very code that the server runs. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), compressed()],
  resolve: {
    conditions: ['source', 'module', 'browser', 'production', 'default'],
    // @rjsf/core 6.11 imports it for a helper of tests that it exports; it needs eval and is not installed.
    alias: { '@rjsf/validator-ajv8': join(import.meta.dirname, 'ui/schema-form/no-validator.ts') },
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    manifest: true,
    chunkSizeWarningLimit: 8_000,
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  server: {
    host: '127.0.0.1',
    // Everything that is no file of the designer is asked of the engine.
    proxy: {
      '^/(?!app|assets|@|node_modules|main\\.tsx|icon\\.svg|[a-z0-9-]+/.*\\.(tsx?|css|svg)).+': 'http://127.0.0.1:8080',
    },
  },
});
