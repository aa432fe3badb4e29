import type { Json } from '../sdk/index.ts';

/** A path template that was checked: literal text and the fields between. */
export interface PathTemplate {
  readonly fields: readonly string[];
  /**
   * @returns The path with each field encoded as one part of a segment, so that no value can leave its segment.
   * @throws {PathError} naming the field that is missing, not a scalar, or would make a segment empty, `.` or `..`.
   */
  fill(input: { readonly [key: string]: Json }): string;
}

/** This input cannot be put into the path. */
export class PathError extends Error {
  override readonly name = 'PathError';
}

const FIELD = /\{([^{}/]+)\}/g;

/** What is wrong with a template; `undefined` if nothing. */
export function pathProblem(template: string): string | undefined {
  if (!template.startsWith('/')) return 'must start with /';
  const literal = template.replace(FIELD, 'x');
  if (/[{}]/.test(literal)) return 'has a brace without its partner; a field is written {name}';
  if (/[^\x21-\x7e]/.test(literal)) return 'must be printable ASCII without spaces; percent-encode the rest';
  if (/[?#\\]/.test(literal)) return 'must not contain ?, # or \\; list query fields in query';
  if (/%(?![0-9a-f]{2})/i.test(literal)) return 'has a % that starts no escape';
  const segments = literal.slice(1).split('/');
  if (segments.slice(0, -1).includes('')) return 'must not contain //';
  if (segments.some((segment) => isDots(segment) || /%(?:2f|5c|0)/i.test(segment))) {
    return 'must not contain . or .. as a segment, nor an encoded slash, backslash or control character';
  }
  return undefined;
}

/** @throws {PathError} if {@link pathProblem} finds one. */
export function parsePath(template: string): PathTemplate {
  const problem = pathProblem(template);
  if (problem) throw new PathError(`path ${problem}`);
  // Odd places hold field names: split() keeps what the group of FIELD caught.
  const pieces = template.split(FIELD);
  const fields = pieces.filter((_, index) => index % 2 === 1);
  if (fields.length === 0) return { fields, fill: () => template };
  // Most fields are a segment of their own; only those next to a dot can combine into . or ..
  return {
    fields,
    fill(input) {
      let path = pieces[0] ?? '';
      for (let index = 1; index < pieces.length; index += 2) {
        path += encode(pieces[index] ?? '', input) + (pieces[index + 1] ?? '');
      }
      if (path.includes('/.') && path.split('/').some(isDots)) throw new PathError('a path segment would be . or ..');
      return path;
    },
  };
}

function encode(field: string, input: { readonly [key: string]: Json }): string {
  const value = Object.hasOwn(input, field) ? input[field] : undefined;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new PathError(`path field ${field} must be a string, number or boolean`);
  }
  const text = String(value);
  if (text === '') throw new PathError(`path field ${field} is empty`);
  try {
    return encodeURIComponent(text);
  } catch {
    throw new PathError(`path field ${field} is not well-formed Unicode`);
  }
}

function isDots(segment: string): boolean {
  return /^(?:\.|%2e){1,2}$/i.test(segment);
}
