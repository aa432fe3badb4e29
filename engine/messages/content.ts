import { type Message, readJson } from '@heddle/connectors/sdk/index';
import { FlowError, type JsonObject } from '../errors.ts';

/** A message's body as the store keeps it. */
export interface Content {
  readonly encoding: 'utf8' | 'base64';
  readonly body: string;
}

const strict = new TextDecoder('utf-8', { fatal: true });

export function contentOf(body: Uint8Array): Content {
  try {
    return { encoding: 'utf8', body: strict.decode(body) };
  } catch {
    return { encoding: 'base64', body: Buffer.from(body).toString('base64') };
  }
}

export const bytesOf = ({ encoding, body }: Content): Uint8Array => Buffer.from(body, encoding);

/**
 * What triggers see of a message as `event`.
 *
 * @throws {FlowError} `PAYLOAD_TOO_LARGE`; `MALFORMED_JSON` if the body is no JSON.
 */
export function eventOf(
  message: Message,
  limits: { readonly maxBytes: number; readonly maxDepth: number },
): JsonObject {
  const { body, topic, key, id, headers } = message;
  if (body.byteLength > limits.maxBytes)
    throw new FlowError('PAYLOAD_TOO_LARGE', `the message has ${body.byteLength} bytes, more than ${limits.maxBytes}`);
  const { encoding, body: text } = contentOf(body);
  if (encoding !== 'utf8') throw new FlowError('MALFORMED_JSON', 'the message is not UTF-8 text');
  const read = readJson(text, { maxDepth: limits.maxDepth });
  if (!read.ok) throw new FlowError('MALFORMED_JSON', `the message is not JSON: ${read.problem.message}`);
  return { payload: read.value, topic, key: key ?? null, id: id ?? null, headers };
}

/** Text as long as an account number is taken for one. */
const LONG_NUMBER = /\d{8,}/g;
const PREVIEW_CHARS = 4_000;

/** A body for eyes that need not see account numbers: long numbers masked, long texts cut, binary data named. */
export function maskedPreview({ encoding, body }: Content): string {
  if (encoding === 'base64') return `(${Buffer.byteLength(body, 'base64')} bytes that are no text)`;
  const shown = body.length > PREVIEW_CHARS ? `${body.slice(0, PREVIEW_CHARS)} …` : body;
  return shown.replace(LONG_NUMBER, '***');
}
