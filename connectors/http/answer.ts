import { isUtf8 } from 'node:buffer';
import { type Answer, CallError, type Json, MAX_ERROR_BODY_BYTES, readJson } from '../sdk/index.ts';
import type { WireAnswer } from './exchange.ts';

export interface AnswerRules {
  /** Statuses by which the service promises that it did nothing. */
  readonly didNotActOn: readonly number[];
}

/** @throws {CallError} for every status but 2xx, and for a body that cannot be read. */
export function readAnswer(answer: WireAnswer, rules: AnswerRules): Answer {
  const { status } = answer;
  if (status >= 200 && status < 300) return { status, body: readBody(answer) };
  throw statusError(answer, rules);
}

function readBody(answer: WireAnswer): Json {
  const { body } = answer;
  if (body.length === 0) return null;
  const contentType = header(answer, 'content-type');
  const contentEncoding = header(answer, 'content-encoding');
  if (contentEncoding !== '' && contentEncoding !== 'identity') {
    throw unreadable(answer, `is encoded as ${contentEncoding}, which was not asked for`);
  }
  const text = decode(answer, contentType);
  if (isJson(contentType)) {
    const read = readJson(text);
    if (read.ok) return read.value;
    const { pointer, offset, message } = read.problem;
    throw unreadable(answer, `is not usable JSON: ${message} (at ${pointer === '' ? `offset ${offset}` : pointer})`);
  }
  if (/^text\//i.test(contentType)) return text;
  throw unreadable(answer, `is ${contentType || 'of no declared type'}, neither JSON nor text`);
}

function isJson(contentType: string): boolean {
  return contentType.startsWith('application/json') || /^[a-z]+\/(?:json|[^;\s]+\+json)\b/i.test(contentType);
}

/** UTF-8 unless the service names another charset; many older services of Chinese banks answer in GBK. */
function decode(answer: WireAnswer, contentType: string): string {
  const { body } = answer;
  const charset = contentType.includes('charset') ? /charset="?([^";\s]+)/i.exec(contentType)?.[1] : undefined;
  if (charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset)) {
    try {
      return new TextDecoder(charset, { fatal: true }).decode(body);
    } catch {
      throw unreadable(answer, `cannot be read as ${charset}`);
    }
  }
  const text = body.toString('utf8');
  if (text.includes('\ufffd') && !isUtf8(body)) throw unreadable(answer, 'is not UTF-8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function unreadable(answer: WireAnswer, reason: string): CallError {
  return new CallError(`the answer ${reason}`, {
    kind: 'invalid-response',
    retryable: false,
    mayHaveActed: true,
    status: answer.status,
  });
}

/**
 * | status | kind | may have acted | retryable |
 * |---|---|---|---|
 * | 1xx, 3xx | rejected | not by 304, 307, 308 | no |
 * | 408, 425 | rejected | no | yes |
 * | 429 | unavailable | no | yes |
 * | other 4xx | rejected | no | no |
 * | 501, 505 | failed | no | no |
 * | 502, 504 | failed | yes | yes |
 * | 503 | unavailable | yes: gateways also send it for a connection lost half-way | yes |
 * | other 5xx | failed | yes | no |
 *
 * The method changes nothing in this: a GET that acts is a fault, but it happens, and `readOnly` is declared elsewhere.
 * A status listed in `didNotActOn` did not act, and can be retried.
 */
function statusError(answer: WireAnswer, { didNotActOn }: AnswerRules): CallError {
  const { status } = answer;
  const isPromised = didNotActOn.includes(status);
  const body = errorBody(answer);
  const retryAfterMs = parseRetryAfter(header(answer, 'retry-after'), Date.now());
  return new CallError(messageOf(answer), {
    kind: kindOf(status),
    retryable: isPromised || [408, 425, 429, 502, 503, 504].includes(status),
    mayHaveActed: !isPromised && mayHaveActed(status),
    status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(body !== undefined && { body }),
  });
}

function kindOf(status: number): 'unavailable' | 'failed' | 'rejected' {
  if (status === 429 || status === 503) return 'unavailable';
  return status >= 500 ? 'failed' : 'rejected';
}

function mayHaveActed(status: number): boolean {
  if (status >= 500) return status !== 501 && status !== 505;
  if (status >= 400) return false;
  return ![304, 307, 308].includes(status);
}

function messageOf(answer: WireAnswer): string {
  const { status } = answer;
  if (status < 300 || status >= 400) return `the service answered ${status}`;
  const location = header(answer, 'location');
  return `the service answered ${status}${location ? `, a redirect to ${location.slice(0, 200)}` : ''}; redirects are not followed`;
}

function errorBody(answer: WireAnswer): Json | undefined {
  const { body } = answer;
  const contentType = header(answer, 'content-type');
  const contentEncoding = header(answer, 'content-encoding');
  if (body.length === 0 || (contentEncoding !== '' && contentEncoding !== 'identity')) return undefined;
  const text = body.subarray(0, MAX_ERROR_BODY_BYTES).toString('utf8');
  if (!isJson(contentType) || body.length > MAX_ERROR_BODY_BYTES) return text;
  const read = readJson(text);
  return read.ok ? read.value : text;
}

/** The first header of that name, `''` if there is none. Most headers are never asked for, so none is decoded before. */
function header({ headers }: WireAnswer, name: string): string {
  for (let index = 0; index < headers.length; index += 2) {
    const candidate = headers[index];
    if (candidate?.length !== name.length || candidate.toString('latin1').toLowerCase() !== name) continue;
    return headers[index + 1]?.toString('latin1') ?? '';
  }
  return '';
}

/** Seconds or an HTTP date; at most a day, so that a slip in a header parks nothing for ever. */
function parseRetryAfter(value: string, nowMs: number): number | undefined {
  if (value === '') return undefined;
  const delayMs = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isNaN(delayMs) ? undefined : Math.min(Math.max(0, delayMs), 86_400_000);
}
