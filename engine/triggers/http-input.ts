import type { Flow } from '../definition/index.ts';
import { FlowError, type Json, type JsonObject } from '../errors.ts';

/** What an HTTP request brings along, beside its headers. */
export interface Brought {
  /** Undefined when there was none. */
  readonly body: Json | undefined;
  readonly query: JsonObject;
  /** Values of the path's `{name}` segments. */
  readonly params: JsonObject;
}

/**
 * The input of a flow that a request starts: the body, or where it is an object or absent, query, body and path joined
 * (the path wins). Query and path are text, so they are read as the flow's input schema types them: `?limit=5` is the
 * number 5 for an `integer`, a single value stands for a list of one. Text that does not fit its type stays text, for
 * the schema to refuse.
 *
 * @throws {FlowError} `INVALID_REQUEST` for a name that no object should have.
 */
export function inputOf(flow: Flow, { body, query, params }: Brought): Json {
  if (body !== undefined && (body === null || typeof body !== 'object' || Array.isArray(body))) return body;
  const names = [...Object.keys(query), ...Object.keys(params)];
  if (names.length === 0) return body ?? {};
  if (names.includes('__proto__')) throw new FlowError('INVALID_REQUEST', 'the name __proto__ is not allowed');
  const properties = (flow.input?.['properties'] ?? {}) as JsonObject;
  const typed = (texts: JsonObject) =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, typedAs(properties[name], text)]));
  return { ...typed(query), ...(body as JsonObject | undefined), ...typed(params) };
}

function typedAs(schema: Json | undefined, value: Json): Json {
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) return value;
  const { type, items } = schema as JsonObject;
  const types = Array.isArray(type) ? type : [type];
  if (types.includes('array'))
    return (Array.isArray(value) ? value : [value]).map((each: Json) => typedAs(items, each));
  if (typeof value !== 'string' || types.includes('string')) return value;
  if (types.includes('boolean') && (value === 'true' || value === 'false')) return value === 'true';
  if ((types.includes('integer') || types.includes('number')) && isExact(value)) return Number(value);
  return value;
}

/** A number that survives the way into a double; a 19-digit id does not, and stays text. */
function isExact(text: string): boolean {
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)) return false;
  return text.replaceAll(/[-.]/g, '').length <= 15 || Number.isSafeInteger(Number(text));
}
