import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

const dist = fileURLToPath(new URL('../../designer/dist/', import.meta.url));
const chunks = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, 'utf8')) as Readonly<Record<string, Chunk>>;

/** Files that a browser needs before these modules run. */
function filesOf(modules: readonly string[]): ReadonlySet<string> {
  const files = new Set<string>();
  const visit = (name: string): void => {
    const chunk = chunks[name];
    if (chunk === undefined) throw new Error(`the build has no ${name}; it has ${Object.keys(chunks).join(', ')}`);
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
    for (const next of chunk.imports ?? []) visit(next);
  };
  for (const name of modules) visit(name);
  return files;
}

const gzipped = (files: ReadonlySet<string>) =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(dist + file)).length, 0);

/** What is shown first: the entry, one language, antd's words for it, and the designer with its canvas. */
const first = filesOf(['index.html', 'i18n/en/index.ts', 'editor/index.ts']);

/** Wanted: 300. React, React Flow and the core of antd are about 190 of it; see docs/performance.md. */
const MAX_KB = 400;

test(`entry and designer weigh at most ${MAX_KB} KB gzipped`, () => {
  const weight = gzipped(first);
  console.log(`entry + designer: ${(weight / 1024).toFixed(1)} KB gzipped in ${first.size} files`);
  expect(weight).toBeLessThanOrEqual(MAX_KB * 1024);
});

test.each(['monaco', 'elk', 'rjsf', 'xstate'])('%s is loaded when it is needed, not before', (name) => {
  const code = [...first].filter((file) => file.endsWith('.js')).map((file) => readFileSync(dist + file, 'utf8'));
  const signs: Readonly<Record<string, RegExp>> = {
    monaco: /monaco-editor-background/,
    elk: /org\.eclipse\.elk/,
    rjsf: /rjsf-|ui:widget/,
    xstate: /xstate\.init/,
  };
  expect(code.some((text) => signs[name]?.test(text))).toBe(false);
});
