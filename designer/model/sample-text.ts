import type { JsonSchema } from '@heddle/engine/expression/index';
import { keyword } from './data-schema.ts';

const byFormat: Readonly<Record<string, string>> = {
  date: '2026-01-05',
  'date-time': '2026-01-05T09:00:00+08:00',
  time: '09:00:00',
  duration: 'PT1H',
  email: 'name@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '127.0.0.1',
};

/** A text that fits a schema's format, its pattern where that is simple, and its length. */
export function sampleText(schema: JsonSchema): string {
  const format = keyword(schema, 'format');
  const known = typeof format === 'string' ? byFormat[format] : undefined;
  if (known !== undefined) return known;
  const pattern = keyword(schema, 'pattern');
  const fitting = typeof pattern === 'string' ? fromPattern(pattern) : undefined;
  const least = keyword(schema, 'minLength');
  const most = keyword(schema, 'maxLength');
  const text = fitting ?? 'text';
  if (fitting !== undefined) return text;
  const padded = typeof least === 'number' ? text.padEnd(Math.min(least, 200), 'x') : text;
  return typeof most === 'number' ? padded.slice(0, most) : padded;
}

/**
 * A text for patterns made of characters, classes, groups, alternatives and counts; undefined if the result does not
 * fit, so anything beyond that is simply not offered.
 */
function fromPattern(pattern: string): string | undefined {
  try {
    const reader = new PatternReader(pattern.replace(/^\^/, '').replace(/\$$/, ''));
    const text = reader.alternatives();
    return reader.isDone && new RegExp(pattern, 'u').test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

const escapes: Readonly<Record<string, string>> = { d: '1', w: 'a', s: ' ', D: 'a', W: '-', S: 'a' };

/** Reads a pattern from left to right and writes the shortest text that it describes. */
class PatternReader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  get isDone(): boolean {
    return this.#at >= this.#pattern.length;
  }

  /** The first alternative's text; the others are read over. */
  alternatives(): string {
    const first = this.#sequence();
    while (this.#take('|')) this.#sequence();
    return first;
  }

  #sequence(): string {
    let text = '';
    while (!this.isDone && this.#peek() !== '|' && this.#peek() !== ')') {
      const atom = this.#atom();
      text += atom.repeat(this.#count());
    }
    return text;
  }

  #atom(): string {
    const char = this.#next();
    if (char === '(') {
      if (this.#take('?') && !this.#take(':')) throw new SyntaxError('not read here');
      const text = this.alternatives();
      this.#next();
      return text;
    }
    if (char === '[') return this.#class();
    if (char === '\\') {
      const escaped = this.#next();
      return escapes[escaped] ?? escaped;
    }
    return char === '.' ? 'a' : char;
  }

  /** The first character that a class names. */
  #class(): string {
    if (this.#take('^')) throw new SyntaxError('not read here');
    let first = '';
    let isFirst = true;
    while (isFirst || this.#peek() !== ']') {
      const char = this.#next();
      const one = char === '\\' ? this.#next() : char;
      if (isFirst) first = char === '\\' ? (escapes[one] ?? one) : one;
      isFirst = false;
    }
    this.#next();
    return first;
  }

  /** How often what was read before stands there at least. */
  #count(): number {
    if (this.#take('?')) return 0;
    if (this.#take('*')) return 0;
    if (this.#take('+')) return 1;
    if (!this.#take('{')) return 1;
    const end = this.#pattern.indexOf('}', this.#at);
    const [least = ''] = this.#pattern.slice(this.#at, end).split(',');
    this.#at = end + 1;
    return Math.min(Number(least) || 0, 200);
  }

  #peek = (): string => this.#pattern[this.#at] ?? '';

  #next(): string {
    const char = this.#peek();
    if (char === '') throw new SyntaxError('the pattern ends too early');
    this.#at += 1;
    return char;
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at += 1;
    return true;
  }
}
