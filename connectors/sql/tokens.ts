import type { Dialect } from './dialect.ts';

/**
 * A piece of a statement. `quiet` is everything in which nothing is meant: texts, quoted identifiers, comments.
 * Pieces joined are the statement again.
 */
export interface Token {
  readonly kind: 'word' | 'quiet' | 'space' | 'parameter' | 'cast' | 'sign';
  readonly text: string;
}

/** A text, identifier or comment that does not end, or something that would hide meaning. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

interface Rule {
  readonly kind: Token['kind'];
  readonly pattern: RegExp;
}

const word: Rule = { kind: 'word', pattern: /[\p{L}_][\p{L}\p{N}_$]*/uy };
const number: Rule = { kind: 'word', pattern: /\p{N}[\p{L}\p{N}_.]*/uy };
const space: Rule = { kind: 'space', pattern: /\s+/y };
const cast: Rule = { kind: 'cast', pattern: /::|:=/y };
const parameter: Rule = { kind: 'parameter', pattern: /:[A-Za-z_][A-Za-z0-9_]*/y };
const plainText: Rule = { kind: 'quiet', pattern: /'(?:[^']|'')*'/y };
const escapedText: Rule = { kind: 'quiet', pattern: /'(?:[^'\\]|''|\\[\s\S])*'/y };
const doubled: Rule = { kind: 'quiet', pattern: /"(?:[^"]|"")*"/y };
const escapedDoubled: Rule = { kind: 'quiet', pattern: /"(?:[^"\\]|""|\\[\s\S])*"/y };
const backtick: Rule = { kind: 'quiet', pattern: /`(?:[^`]|``)*`/y };
const lineComment: Rule = { kind: 'space', pattern: /--[^\n\r]*/y };
const blockComment: Rule = { kind: 'space', pattern: /\/\*[\s\S]*?\*\//y };

const rules: Readonly<Record<Dialect, readonly Rule[]>> = {
  postgresql: [
    space,
    lineComment,
    { kind: 'quiet', pattern: /[eE]'(?:[^'\\]|''|\\[\s\S])*'/y },
    { kind: 'quiet', pattern: /(?:\$\$[\s\S]*?\$\$)|(?:\$(?<tag>[\p{L}_][\p{L}\p{N}_]*)\$[\s\S]*?\$\k<tag>\$)/uy },
    word,
    number,
    plainText,
    doubled,
    cast,
    parameter,
  ],
  mysql: [
    space,
    // Two dashes are a comment there only before white space: 5--3 is 8.
    { kind: 'space', pattern: /--(?=[\s]|$)[^\n\r]*|#[^\n\r]*/y },
    blockComment,
    word,
    number,
    escapedText,
    escapedDoubled,
    backtick,
    cast,
    parameter,
  ],
  sqlite: [
    space,
    lineComment,
    blockComment,
    word,
    number,
    plainText,
    doubled,
    backtick,
    { kind: 'quiet', pattern: /\[[^\]]*\]/y },
    cast,
    parameter,
  ],
};

/** @throws {TokenError} */
export function tokenize(statement: string, dialect: Dialect): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < statement.length; ) {
    const token = tokenAt(statement, at, dialect);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(statement: string, at: number, dialect: Dialect): Token {
  const start = statement.slice(at, at + 4);
  if (dialect === 'mysql' && /^\/\*M?!/.test(start)) throw new TokenError('comments that are executed are not allowed');
  if (dialect === 'postgresql' && start.startsWith('/*')) return nestedComment(statement, at);
  for (const { kind, pattern } of rules[dialect]) {
    // After a digit or a name it is the bound of a slice: a[1:n].
    if (kind === 'parameter' && /[\p{L}\p{N}_\])]/u.test(statement.charAt(at - 1))) continue;
    pattern.lastIndex = at;
    const text = pattern.exec(statement)?.[0];
    if (text !== undefined) return { kind, text };
  }
  if (/^(?:['"`]|\/\*|\$\$)/.test(start)) throw new TokenError('a text, quoted name or comment does not end');
  return { kind: 'sign', text: start.charAt(0) };
}

/** Comments of PostgreSQL hold comments. */
function nestedComment(statement: string, from: number): Token {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 0;
  for (let mark = marks.exec(statement); mark !== null; mark = marks.exec(statement)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return { kind: 'space', text: statement.slice(from, marks.lastIndex) };
  }
  throw new TokenError('a comment does not end');
}
