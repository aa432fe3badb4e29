import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import { expect, test } from 'vitest';
import { texts as en } from './en/index.ts';
import { texts as zh } from './zh/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every text by its path, with the placeholders in it. */
function flat(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([key, member]) => flat(member, path === '' ? key : `${path}.${key}`));
}

const placeholders = (text: string) => [...text.matchAll(/\{\{\s*([^}\s]+)\s*\}\}/g)].map((match) => match[1]).sort();

test('English and Chinese have the same texts with the same placeholders', () => {
  const words = (texts: object) => Object.fromEntries(flat(texts).map(([path, text]) => [path, placeholders(text)]));
  expect(words(zh)).toEqual(words(en));
});

test('no text is empty, and what is Chinese is not left in English', () => {
  const english = new Map(flat(en));
  const suspicious = flat(zh).filter(
    ([path, text]) => text.trim() === '' || (text === english.get(path) && /[a-z]{4,} [a-z]{3,}/i.test(text)),
  );
  expect(suspicious).toEqual([]);
});

/** Attributes that people read or hear. */
const spoken = new Set(['title', 'label', 'placeholder', 'alt', 'aria-label', 'aria-description', 'description']);
const hasWords = (text: string) => /\p{L}{2,}/u.test(text);

interface AstNode {
  readonly type: string;
  readonly [property: string]: unknown;
}

/** What stands in JSX as a literal text for people. */
function literals(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(literals);
  if (node === null || typeof node !== 'object') return [];
  const { type, ...rest } = node as AstNode;
  const found: string[] = [];
  if (type === 'JSXText' && hasWords(String(rest['value']))) found.push(String(rest['value']).trim());
  if (type === 'JSXExpressionContainer') found.push(...shownText(rest['expression']));
  if (type === 'JSXAttribute') {
    const name = (rest['name'] as { readonly name?: string }).name ?? '';
    if (!spoken.has(name)) return literals(rest['value']).filter(() => isElement(rest['value']));
    const value = rest['value'] as AstNode | null;
    if (value?.type === 'Literal' && hasWords(String(value['value']))) return [String(value['value'])];
  }
  return [...found, ...Object.values(rest).flatMap(literals)];
}

const isElement = (value: unknown): boolean => JSON.stringify(value ?? null).includes('"JSXElement"');

/** A literal that an expression container shows as it is: `{'text'}`, or an arm of a condition. */
function shownText(expression: unknown): string[] {
  const node = expression as AstNode;
  if (node.type === 'Literal' && typeof node['value'] === 'string' && /\p{L}{2,} \p{L}{2,}/u.test(node['value']))
    return [node['value']];
  if (node.type === 'ConditionalExpression') return [...shownText(node['consequent']), ...shownText(node['alternate'])];
  return [];
}

const files = (readdirSync(root, { recursive: true, encoding: 'utf8' }) as string[]).filter(
  (file) => file.endsWith('.tsx') && !/^(dist|node_modules)\//.test(file),
);

test.each(files)('%s shows no text that is not translated', (file) => {
  const { program } = parseSync(file, readFileSync(join(root, file), 'utf8'));
  expect(literals(program), relative(root, file)).toEqual([]);
});

test('the search for literals finds them', () => {
  const code =
    'const a = <p title="Hello you" className="not this">Some words {"two words"} <b aria-label={x}>{y ? "of note" : 1}</b></p>;';
  expect(literals(parseSync('a.tsx', code).program)).toEqual(['Hello you', 'Some words', 'two words', 'of note']);
});
