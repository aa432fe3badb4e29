import type { Dialect } from './dialect.ts';
import { type Token, TokenError, tokenize } from './tokens.ts';

/** A statement with the placeholders of its database. */
export interface Statement {
  readonly text: string;
  /** The parameter of each placeholder, in order. */
  readonly names: readonly string[];
}

/** A statement that is not taken; the message says why and, where it can, how to mend it. */
export class StatementError extends Error {
  override readonly name = 'StatementError';
}

export interface StatementOptions {
  readonly dialect: Dialect;
  readonly inTransaction: boolean;
}

const transactionWords =
  /^(?:begin|start|commit|rollback|savepoint|release|end|abort|prepare|xa|set|reset|discard|listen|unlisten|use)$/i;
/** What leaves the one database, or speaks another protocol than that of questions and answers. */
const foreignWords: Readonly<Record<Dialect, RegExp>> = {
  postgresql: /^(?:copy|load)$/i,
  mysql: /^(?:load|handler|lock|unlock|flush|kill|shutdown)$/i,
  sqlite: /^(?:attach|detach|vacuum|pragma)$/i,
};
/** MySQL commits before and after these, so nothing of them can be undone. */
const committing = /^(?:create|alter|drop|truncate|rename|grant|revoke|analyze|optimize|repair|install|uninstall)$/i;

/**
 * Turns `:name` into `$1` or `?`, outside of texts, quoted names and comments.
 *
 * @throws {StatementError} for more than one statement, transaction control and placeholders of the database's own.
 */
export function compileStatement(source: string, { dialect, inTransaction }: StatementOptions): Statement {
  const tokens = tokensOf(source, dialect);
  const first = tokens.find(({ kind }) => kind !== 'space')?.text ?? '';
  if (transactionWords.test(first)) {
    throw new StatementError(`${first.toUpperCase()} is not allowed: list statements, and they are one transaction`);
  }
  if (foreignWords[dialect].test(first)) throw new StatementError(`${first.toUpperCase()} is not allowed`);
  if (inTransaction && dialect === 'mysql' && committing.test(first)) {
    throw new StatementError(`${first.toUpperCase()} cannot be part of a transaction in MySQL and MariaDB`);
  }
  return bind(tokens, dialect);
}

function tokensOf(source: string, dialect: Dialect): readonly Token[] {
  if (source.includes('\u0000')) throw new StatementError('a statement must not contain NUL');
  try {
    const tokens = tokenize(source, dialect);
    const end = tokens.findIndex(({ kind, text }) => kind === 'sign' && text === ';');
    if (end >= 0 && tokens.slice(end + 1).some(({ kind }) => kind !== 'space')) {
      throw new StatementError('one statement only: put several into statements');
    }
    const kept = end < 0 ? tokens : tokens.slice(0, end);
    if (kept.every(({ kind }) => kind === 'space')) throw new StatementError('the statement is empty');
    return kept;
  } catch (error) {
    throw error instanceof TokenError ? new StatementError(error.message) : error;
  }
}

function bind(tokens: readonly Token[], dialect: Dialect): Statement {
  const names: string[] = [];
  let text = '';
  for (const [index, token] of tokens.entries()) {
    if (isForeignPlaceholder(token, tokens[index + 1], dialect)) {
      throw new StatementError(`the placeholder ${token.text} is not allowed: write :name`);
    }
    if (token.kind === 'parameter') {
      const name = token.text.slice(1);
      // The same name is one parameter in PostgreSQL, so that it has one type.
      const known = names.indexOf(name);
      if (dialect !== 'postgresql' || known < 0) names.push(name);
      text += dialect === 'postgresql' ? `$${known < 0 ? names.length : known + 1}` : '?';
    } else text += token.text;
  }
  return { text, names };
}

function isForeignPlaceholder({ kind, text }: Token, next: Token | undefined, dialect: Dialect): boolean {
  if (kind !== 'sign') return false;
  // In PostgreSQL ? is an operator of jsonb.
  if (text === '?') return dialect !== 'postgresql';
  if (text === '$') return dialect !== 'mysql' && next?.kind === 'word';
  return dialect === 'sqlite' && text === '@';
}
