import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Puts a `.gz` beside every asset, which the engine serves to browsers that take it. */
function compressed(): Plugin {
  let assets = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: ({ root, build }) => {
      assets = join(root, build.outDir, build.assetsDir);
    },
    closeBundle: () => {
      for (const name of readdirSync(assets)) {
        if (/\.(js|css)$/.test(name))
          writeFileSync(join(assets, `${name}.gz`), gzipSync(readFileSync(join(assets, name))));
      }
    },
  };
}

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
