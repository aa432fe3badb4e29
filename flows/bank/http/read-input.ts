import type { FastifyRequest } from 'fastify';
import type { TObject } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Operation } from '../operation.ts';
import { Refusal } from '../refusal.ts';

type Members = Record<string, unknown>;
type Parts = Pick<FastifyRequest, 'body' | 'query' | 'params' | 'headers'>;

/**
 * Prepares the reading of an operation's flat input from path, query, headers and body.
 *
 * @returns A function that throws {@link Refusal} `INVALID_INPUT` naming every member that is wrong.
 */
export function openReader({ input, query = [], headers = {} }: Operation): (request: Parts) => Members {
  const validator = Compile(input);
  const headerNames = Object.entries(headers).map(([member, name]) => [member, name.toLowerCase()] as const);
  return (request) => {
    const members: Members = { ...bodyOf(request) };
    const queryMembers = membersOf(request.query);
    for (const [name, value] of Object.entries(queryMembers)) {
      members[name] = query.includes(name) ? fromText(input, name, value) : value;
    }
    for (const [member, name] of headerNames) {
      const value = request.headers[name];
      if (value !== undefined) members[member] = fromText(input, member, value);
    }
    Object.assign(members, membersOf(request.params));
    if (validator.Check(members)) return members;
    const problems = validator.Errors(members).filter(({ keyword }) => keyword !== 'boolean');
    const details = problems.map(
      ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
    );
    throw new Refusal('INVALID_INPUT', details.join('; '));
  };
}

function bodyOf({ body }: Parts): Members {
  if (body === undefined || body === null) return {};
  if (typeof body !== 'object' || Array.isArray(body))
    throw new Refusal('INVALID_INPUT', 'the body must be a JSON object');
  return membersOf(body);
}

/** Fastify leaves the parts of a request untyped; all that are read here are objects. */
function membersOf(part: unknown): Members {
  return typeof part === 'object' && part !== null ? { ...part } : {};
}

/** Text becomes what the schema wants where it can; where it cannot, the check will say so. */
function fromText(input: TObject, member: string, value: unknown): unknown {
  const schema = input.properties[member];
  const type = schema !== undefined && 'type' in schema ? schema.type : undefined;
  if (typeof value !== 'string') return value;
  if ((type === 'integer' || type === 'number') && value.trim() !== '') return Number(value);
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}
