import { findDuplicateKey } from './json-duplicate.ts';
import type { JsonProblem } from './json-problem.ts';

/** Any JSON value; the same shape as the engine's own, declared here because the SDK imports nothing of the engine. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonResult =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly problem: JsonProblem };

export interface JsonOptions {
  /** Objects and arrays within each other, at most. Default 64. */
  readonly maxDepth?: number;
}

/**
 * Reads JSON without losing anything silently, as `JSON.parse` does:
 * - a key that occurs twice in an object is refused, and so is the key `__proto__`;
 * - an integer beyond ±(2^53 − 1), and any number that a double cannot hold to its last digit, becomes a **string** of
 *   the digits as they were written: two different 19-digit ids stay different, and decimal arithmetic takes them;
 * - a number too large for a double (1e400) is refused, because `JSON.parse` would make it infinite;
 * - nesting deeper than `maxDepth` is refused before anything is built.
 *
 * The work is left to `JSON.parse`; one pass over the text before it, and one over the keys after it, find the rest.
 * For a body of 300 bytes that costs about as much again as `JSON.parse` alone.
 */
export function readJson(text: string, options: JsonOptions = {}): JsonResult {
  const scan = scanText(text, options.maxDepth ?? 64);
  if (scan.problem) return { ok: false, problem: scan.problem };
  let value: Json;
  try {
    value = JSON.parse(scan.inexact ? quote(text, scan.inexact) : text);
  } catch (error) {
    return { ok: false, problem: syntaxProblem(text, error) };
  }
  const keys = countKeys(value);
  if (keys === scan.keys) return { ok: true, value };
  if (keys === FORBIDDEN) return refuse(Math.max(0, text.indexOf('__proto__')), 'the key __proto__ is not allowed');
  return { ok: false, problem: findDuplicateKey(text) };
}

interface Scan {
  keys: number;
  /** Start and end of each number that has to become a string, one after the other. */
  inexact: number[] | undefined;
  problem: JsonProblem | undefined;
}

/** At most 15 significant digits always survive the way into a double and back. */
const SAFE_DIGITS = 15;

/** Counts keys, watches the depth and finds numbers that `JSON.parse` would change. The text may be malformed. */
function scanText(text: string, maxDepth: number): Scan {
  const scan: Scan = { keys: 0, inexact: undefined, problem: undefined };
  const { length } = text;
  let depth = 0;
  let at = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (code === 0x22 /* " */) {
      at = endOfString(text, at + 1);
    } else if (code === 0x3a /* : */) {
      scan.keys += 1;
      at += 1;
    } else if (code === 0x7b /* { */ || code === 0x5b /* [ */) {
      depth += 1;
      if (depth > maxDepth) {
        scan.problem = { pointer: '', offset: at, message: `nested deeper than ${maxDepth} levels` };
        return scan;
      }
      at += 1;
    } else if (code === 0x7d /* } */ || code === 0x5d /* ] */) {
      depth -= 1;
      at += 1;
    } else if (code === 0x2d /* - */ || (code >= 0x30 && code <= 0x39)) {
      const start = at;
      at = endOfNumber(text, at + 1);
      if (at - start > SAFE_DIGITS || hasExponent(text, start, at)) judgeNumber(scan, text, start, at);
      if (scan.problem) return scan;
    } else {
      at += 1;
    }
  }
  return scan;
}

/** The index after the closing quote, or the end of the text. */
function endOfString(text: string, from: number): number {
  const { length } = text;
  for (let at = from; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code === 0x5c /* \ */) at += 1;
  }
  return length;
}

function endOfNumber(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isPart =
      (code >= 0x30 && code <= 0x39) ||
      code === 0x2e ||
      code === 0x65 ||
      code === 0x45 ||
      code === 0x2b ||
      code === 0x2d;
    if (!isPart) break;
  }
  return at;
}

function hasExponent(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x65 || code === 0x45) return true;
  }
  return false;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function judgeNumber(scan: Scan, text: string, start: number, end: number): void {
  const token = text.slice(start, end);
  // What is no number is left as it is, for JSON.parse to refuse.
  if (!NUMBER.test(token)) return;
  const number = Number(token);
  if (!Number.isFinite(number)) {
    scan.problem = { pointer: '', offset: start, message: `the number ${brief(token)} is too large` };
  } else if (!isExact(token, number)) {
    scan.inexact ??= [];
    scan.inexact.push(start, end);
  }
}

/** Whether the double says the same as the token. Integers past 2^53 never count as exact: an id keeps one type. */
function isExact(token: string, number: number): boolean {
  if (/^-?\d+$/.test(token)) return Number.isSafeInteger(number);
  const [written, held] = [significant(token), significant(String(number))];
  return written.digits === held.digits && written.exponent === held.exponent;
}

/** A decimal as its digits without zeros at either end, and the power of ten of the last of them. */
function significant(token: string): { digits: string; exponent: number } {
  const [mantissa = '', power = '0'] = token.replace('-', '').toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = `${whole}${fraction}`.replace(/^0+/, '');
  const digits = trimZerosAtEnd(all);
  return { digits, exponent: digits === '' ? 0 : Number(power) - fraction.length + (all.length - digits.length) };
}

/** Not `/0+$/`, which takes quadratic time on many zeros followed by something else. */
function trimZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 0x30) end -= 1;
  return digits.slice(0, end);
}

function quote(text: string, inexact: readonly number[]): string {
  let quoted = '';
  let from = 0;
  for (const [index, at] of inexact.entries()) {
    quoted += `${text.slice(from, at)}"`;
    from = at;
    if (index === inexact.length - 1) quoted += text.slice(at);
  }
  return quoted;
}

const FORBIDDEN = -1;

/** All keys of all objects within, or FORBIDDEN. Depth is bounded by the scan, so recursion is. */
function countKeys(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item !== 'object' || item === null) continue;
      const within = countKeys(item);
      if (within === FORBIDDEN) return FORBIDDEN;
      count += within;
    }
    return count;
  }
  // `for in` is several times faster than Object.keys here, and JSON.parse makes own keys only.
  for (const key in value) {
    if (key === '__proto__') return FORBIDDEN;
    count += 1;
    const item = (value as { readonly [key: string]: Json })[key];
    if (typeof item !== 'object' || item === null) continue;
    const within = countKeys(item);
    if (within === FORBIDDEN) return FORBIDDEN;
    count += within;
  }
  return count;
}

function refuse(offset: number, message: string): JsonResult {
  return { ok: false, problem: { pointer: '', offset, message } };
}

function syntaxProblem(text: string, error: unknown): JsonProblem {
  const message = error instanceof Error ? error.message : String(error);
  const position = /position (\d+)/.exec(message)?.[1];
  const offset = position === undefined ? text.length : Math.min(Number(position), text.length);
  // V8 quotes a piece of the text after the comma; the text may hold what must not be logged.
  const [reason = 'malformed'] = message.split(/ in JSON|, "|, \.\.\."/);
  return { pointer: '', offset, message: `not JSON: ${brief(reason)}` };
}

function brief(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
