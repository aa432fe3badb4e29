import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'docs/promises.md'), 'utf8');
const promises = page
  .split(/^## /m)
  .slice(1)
  .filter((text) => /^\d/.test(text))
  .map((text) => ({
    name: text.slice(0, text.indexOf('\n')),
    proofs: [...text.matchAll(/^- `([^`]+)`: (.+)$/gm)].map((match) => ({
      file: match[1] ?? '',
      title: match[2] ?? '',
    })),
  }));

test.each(promises)('promise $name names at least one test, and each of them is there', ({ proofs }) => {
  expect(proofs.length).toBeGreaterThan(0);
  const missing = proofs.filter(({ file, title }) => {
    const path = join(root, file);
    if (!existsSync(path)) return true;
    const text = readFileSync(path, 'utf8');
    // As a title is written: by itself between quotes, or before the reason why it may be skipped.
    const isThere = ["'", '"', '`'].some((quote) => text.includes(quote + title + quote));
    return !isThere && !text.includes(`\`${title}$\{`);
  });
  expect(missing).toEqual([]);
});

test('the promises are numbered through', () => {
  expect(promises.map(({ name }) => Number.parseInt(name, 10))).toEqual(promises.map((_, index) => index + 1));
  expect(promises.length).toBeGreaterThan(10);
});

test('every page that a page of the project links to is there', () => {
  const pages = [
    'README.md',
    'README.zh-CN.md',
    'AGENTS.md',
    'CONTRIBUTING.md',
    'engine/README.md',
    'docs/promises.md',
    'docs/errors.md',
    'docs/glossary.md',
  ];
  const lost = pages.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !existsSync(join(root, file, '..', target)))
      .map((target) => `${file} → ${target}`),
  );
  expect(lost).toEqual([]);
});
