import { CallError, type Connection, isCallError, type Json } from '@heddle/connectors/sdk/index';

/** Shorter ones would be found by chance, in words that mean something else. */
const MIN_LENGTH = 6;
const MASK = '***';

/**
 * A connection that does not repeat its secrets: what a service quotes of them when it refuses a call is masked, before
 * it gets into errors, histories and logs. Answers of calls that succeed are data, and left as they are.
 */
export function discreet(open: Connection, secrets: ReadonlySet<string>): Connection {
  const words = [...secrets].filter((secret) => secret.length >= MIN_LENGTH);
  if (words.length === 0) return open;
  const quiet = (error: unknown): never => {
    throw isCallError(error) ? withoutWords(error, words) : error;
  };
  return {
    call: (request, context) => open.call(request, context).catch(quiet),
    close: () => open.close(),
    ...(open.publish && { publish: (message, context) => open.publish?.(message, context).catch(quiet) ?? nothing() }),
    ...(open.listen && { listen: (...args) => open.listen?.(...args).catch(quiet) ?? nothing() }),
    ...(open.peek && { peek: (...args) => open.peek?.(...args).catch(quiet) ?? nothing() }),
    ...(open.check && { check: () => open.check?.().catch(quiet) ?? nothing() }),
  };
}

const nothing = () => Promise.reject(new Error('the connection has lost a method'));

/** The cause goes too: it is what the message was made of. */
function withoutWords(error: CallError, words: readonly string[]): CallError {
  const { kind, retryable, mayHaveActed, status, retryAfterMs, body } = error;
  return new CallError(masked(error.message, words), {
    kind,
    retryable,
    mayHaveActed,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(body !== undefined && { body: maskedIn(body, words) }),
  });
}

const masked = (text: string, words: readonly string[]) =>
  words.reduce((rest, word) => rest.replaceAll(word, MASK), text);

function maskedIn(value: Json, words: readonly string[]): Json {
  if (typeof value === 'string') return masked(value, words);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => maskedIn(item, words));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [masked(key, words), maskedIn(part, words)]));
}
