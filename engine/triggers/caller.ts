/** What a run takes over from whoever asked for it. */
export interface Caller {
  /** W3C Trace Context. */
  readonly traceparent?: string;
  /** W3C Baggage, as far as it is read: what calls are told apart by, such as `tenant`. */
  readonly attributes?: { readonly [name: string]: string };
}

const MAX_ATTRIBUTES = 16;
/** Without spaces at either end: next to an empty value they could be shared out in so many ways that it takes a second. */
const MEMBER = /^([A-Za-z0-9_.-]{1,64})\s*=(?:\s*([^\s,;"\\]{1,256}))?\s*(?:;.*)?$/;

/**
 * Reads the headers of a request or a message. Of `baggage` (W3C Baggage) at most 16 members are taken, properties are
 * left out, and what is malformed is passed over, as the standard has it.
 */
export function callerOf(headers: { readonly [name: string]: unknown }): Caller {
  const { traceparent, baggage } = headers;
  const attributes = typeof baggage === 'string' ? attributesOf(baggage) : {};
  return {
    ...(typeof traceparent === 'string' && { traceparent }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

function attributesOf(baggage: string): { readonly [name: string]: string } {
  const members = baggage.split(',', MAX_ATTRIBUTES).flatMap((member) => {
    const [, name, value = ''] = MEMBER.exec(member.trim()) ?? [];
    if (name === undefined || name === '__proto__') return [];
    try {
      return [[name, decodeURIComponent(value)] as const];
    } catch {
      return []; // not percent-encoded as it should be
    }
  });
  return Object.fromEntries(members);
}
