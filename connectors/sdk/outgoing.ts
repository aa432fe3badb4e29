import type { CallContext, Outgoing } from './connector.ts';
import { refused } from './failure.ts';
import type { Json } from './json.ts';

/** No header that a flow makes is longer; brokers have limits of their own, far apart. */
const MAX_HEADER_LENGTH = 8_192;
const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: to find them is what this is for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Set from the call, and therefore not by a flow. */
const RESERVED = new Set(['idempotency-key', 'x-attempt', 'x-serial-number', 'traceparent', 'heddle-key']);

/** Everything that goes beside the payload, names and values checked: what the call says of itself, then the flow's. */
export function headersOf(
  { idempotencyKey, attempt, traceparent, serialNumber }: CallContext,
  { key, headers = {} }: Pick<Outgoing, 'key' | 'headers'> = {},
): readonly (readonly [name: string, value: string])[] {
  checkText('the idempotency key', idempotencyKey);
  const own: [string, string][] = [['X-Attempt', String(attempt)]];
  if (traceparent !== undefined) own.push(['traceparent', checkText('the trace context', traceparent)]);
  if (serialNumber !== undefined) own.push(['X-Serial-Number', checkText('the serial number', serialNumber)]);
  if (key !== undefined) checkText('the key', key);
  const given = Object.entries(headers).map(([name, value]): [string, string] => {
    if (!NAME.test(name)) throw refused(`a header cannot be named ${JSON.stringify(name.slice(0, 60))}`);
    if (RESERVED.has(name.toLowerCase())) throw refused(`header ${name} is set from the call: leave it out`);
    return [name, checkText(`header ${name}`, value)];
  });
  return [...own, ...given];
}

/** @returns `text`, if it can stand in one line of a protocol */
export function checkText(what: string, text: string): string {
  if (CONTROL.test(text)) throw refused(`${what} must not contain line breaks or control characters`);
  if (text.length > MAX_HEADER_LENGTH) throw refused(`${what} is longer than ${MAX_HEADER_LENGTH} characters`);
  if (Buffer.from(text).toString() !== text) throw refused(`${what} is not well-formed Unicode`);
  return text;
}

/** The payload as it goes out: JSON in UTF-8. */
export function bytesOf(payload: Json): Buffer {
  return Buffer.from(JSON.stringify(payload));
}
