import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `source`: the engine's TypeScript is bundled as it stands, so the browser runs the very code that the server runs. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ['source', 'module', 'browser', 'production', 'default'] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 4_000,
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '^/(?!app|@|node_modules|main\\.tsx|[a-z-]+/.*\\.(tsx?|css|svg)).+': 'http://127.0.0.1:8080' },
  },
});
