import { expect, test } from 'vitest';
import type { Dialect } from './dialect.ts';
import { compileStatement } from './statement.ts';

const compile = (text: string, dialect: Dialect = 'postgresql', inTransaction = false) =>
  compileStatement(text, { dialect, inTransaction });

test('a name is one parameter in PostgreSQL, and one for each place elsewhere', () => {
  const text = 'SELECT :a, :b, :a';
  expect(compile(text)).toEqual({ text: 'SELECT $1, $2, $1', names: ['a', 'b'] });
  expect(compile(text, 'mysql')).toEqual({ text: 'SELECT ?, ?, ?', names: ['a', 'b', 'a'] });
  expect(compile(text, 'sqlite').names).toEqual(['a', 'b', 'a']);
});

test.each<{ dialect: Dialect; text: string }>([
  { dialect: 'postgresql', text: "SELECT ':a', 'it''s :a', \":a\", x::text, '{}'::jsonb ? 'k'" },
  { dialect: 'postgresql', text: 'SELECT 1 -- :a\n, 2 /* :a /* :a */ :a */' },
  { dialect: 'postgresql', text: "SELECT $$ :a ' $$, $fn$ :a $$ :a $fn$, E'\\' :a'" },
  { dialect: 'postgresql', text: 'SELECT a[1:b], a[i:j], a[(1):x] FROM t' },
  { dialect: 'postgresql', text: "SELECT '\\', x" },
  { dialect: 'mysql', text: "SELECT ':a', 'it\\'s :a', \":a \\\" :a\", `:a` # :a" },
  { dialect: 'mysql', text: 'SELECT 5-- :a\n, @x := 2' },
  { dialect: 'sqlite', text: 'SELECT [:a], ":a", `:a`, \'\\\' -- :a' },
])('leaves texts, quoted names, comments and casts of $dialect alone: $text', ({ dialect, text }) => {
  expect(compile(text, dialect)).toEqual({ text, names: [] });
});

test.each<{ dialect: Dialect; text: string; names: string[] }>([
  { dialect: 'postgresql', text: "SELECT ':x' || :a::text || '\\' || :b", names: ['a', 'b'] },
  { dialect: 'postgresql', text: 'SELECT $$ x $$, :a /* /* */ :x */, :b', names: ['a', 'b'] },
  { dialect: 'mysql', text: "SELECT 'a\\\\', :a, 5--:b", names: ['a', 'b'] },
  { dialect: 'sqlite', text: "SELECT 'a\\', :a /* /* */ + :b", names: ['a', 'b'] },
])('finds parameters after them in $dialect: $text', ({ dialect, text, names }) => {
  expect(compile(text, dialect).names).toEqual(names);
});

test.each<{ dialect: Dialect; text: string; reason: RegExp }>([
  { dialect: 'postgresql', text: 'SELECT 1; DROP TABLE t', reason: /one statement only/ },
  { dialect: 'postgresql', text: ' ; ', reason: /empty/ },
  { dialect: 'postgresql', text: '/* x */ commit', reason: /COMMIT is not allowed/ },
  { dialect: 'postgresql', text: 'SELECT $1', reason: /write :name/ },
  { dialect: 'postgresql', text: "COPY t TO PROGRAM 'sh'", reason: /COPY/ },
  { dialect: 'postgresql', text: "SELECT 'open", reason: /does not end/ },
  { dialect: 'postgresql', text: 'SELECT 1 /* /* */', reason: /does not end/ },
  { dialect: 'mysql', text: 'SELECT ?', reason: /write :name/ },
  { dialect: 'mysql', text: 'SELECT 1 /*! ; DROP TABLE t */', reason: /executed/ },
  { dialect: 'sqlite', text: "ATTACH '/etc/x' AS x", reason: /ATTACH/ },
  { dialect: 'sqlite', text: 'SELECT @a', reason: /write :name/ },
])('refuses $text in $dialect', ({ dialect, text, reason }) => {
  expect(() => compile(text, dialect)).toThrow(reason);
});

test('a statement may end with a semicolon and a comment', () => {
  expect(compile('SELECT :a ; -- done').text).toBe('SELECT $1 ');
});

test('what MySQL commits by itself is no part of a transaction', () => {
  expect(() => compile('CREATE TABLE t (a int)', 'mysql', true)).toThrow(/transaction/);
  expect(compile('CREATE TABLE t (a int)', 'postgresql', true).names).toEqual([]);
});
