import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;

/** Below the project, so that the packages are found from there. */
beforeAll(() => {
  mkdirSync(join(root, 'test/output'), { recursive: true });
  folder = mkdtempSync(join(root, 'test/output/totals-'));
  const reporter = JSON.stringify(join(root, '.ci/totals-reporter.mjs'));
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    `export default { test: { include: ['*.test.js'], reporters: [${reporter}] } };`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one test file; the exit code and the last line. */
function totals(text: string): [code: number | null, line: string | undefined] {
  writeFileSync(join(folder, 'one.test.js'), `import { afterAll, beforeAll, expect, test } from 'vitest';\n${text}`);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { status, stdout } = spawnSync(process.execPath, [vitest, 'run', '--root', folder], { encoding: 'utf8' });
  return [status, stdout.trimEnd().split('\n').at(-1)];
}

test.each([
  { name: 'a file that passes', text: "test('a', () => {});", code: 0, line: '1 passed, 0 failed' },
  { name: 'a test that fails', text: "test('a', () => expect(1).toBe(2));", code: 1, line: '0 passed, 1 failed' },
  {
    name: 'tests that are skipped',
    text: "test('a', () => {}); test.skip('b', () => {}); test.todo('c');",
    code: 0,
    line: '1 passed, 0 failed, 2 skipped',
  },
  { name: 'a syntax error', text: "test('a', () => {", code: 1, line: '0 passed, 1 failed' },
  { name: 'a file without tests', text: '', code: 1, line: '0 passed, 1 failed' },
  {
    name: 'a hook that throws before the tests',
    text: "beforeAll(() => { throw new Error('x'); }); test('a', () => {});",
    code: 1,
    line: '0 passed, 1 failed, 1 skipped',
  },
  {
    name: 'a hook that throws after the tests',
    text: "afterAll(() => { throw new Error('x'); }); test('a', () => {});",
    code: 1,
    line: '1 passed, 1 failed',
  },
  {
    name: 'an error that nobody caught',
    text: "test('a', async () => { setTimeout(() => { throw new Error('x'); }, 0); await new Promise((done) => setTimeout(done, 20)); });",
    code: 1,
    line: '1 passed, 1 failed',
  },
])('$name ends in code $code and "$line"', ({ text, code, line }) => {
  expect(totals(text)).toEqual([code, line]);
});
