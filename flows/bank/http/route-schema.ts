import type { FastifySchema } from 'fastify';
import Type, { type TObject, type TProperties } from 'typebox';
import { IdempotencyKey } from '../fields.ts';
import type { Operation, Service } from '../operation.ts';

const Problem = Type.Object(
  { type: Type.String(), title: Type.String(), status: Type.Integer(), code: Type.String(), detail: Type.String() },
  { description: 'Refused or failed (RFC 9457)' },
);

/** The members of the flat input that are in the path. */
function pathMembers({ path }: Operation): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

/** What the OpenAPI document says of an operation, taken apart from its flat input. */
export function routeSchema(service: Service, name: string, operation: Operation): FastifySchema {
  const { title, input, output, query = [], headers = {}, safety, readOnly, movesMoney } = operation;
  const inPath = pathMembers(operation);
  const elsewhere = [...inPath, ...query, ...Object.keys(headers)];
  const inBody = Object.keys(input.properties).filter((member) => !elsewhere.includes(member));
  const headerMembers = Object.entries(headers).map(([member, header]) => [header, input.properties[member]] as const);
  const keyMember = readOnly ? [] : ([['Idempotency-Key', IdempotencyKey]] as const);
  const headerSchema = objectOf([...keyMember, ...headerMembers]);
  return {
    operationId: name,
    summary: title.en,
    description: title.zh,
    tags: [service.id],
    'x-heddle': { safety, readOnly, movesMoney },
    ...(inPath.length > 0 && { params: part(input, inPath) }),
    ...(query.length > 0 && { querystring: part(input, query) }),
    ...(headerSchema !== undefined && { headers: headerSchema }),
    ...(inBody.length > 0 && { body: part(input, inBody) }),
    response: { 200: Type.Object(output.properties, { description: 'Done' }), '4xx': Problem, '5xx': Problem },
  } as FastifySchema; // The members beyond Fastify's own are those of @fastify/swagger, whose types live in another package's scope.
}

function part(input: TObject, members: readonly string[]): TObject {
  return (
    objectOf(members.map((member) => [member, input.properties[member]] as const)) ??
    Type.Object({}, { additionalProperties: false })
  );
}

function objectOf(members: readonly (readonly [string, TProperties[string] | undefined])[]): TObject | undefined {
  const properties: TProperties = {};
  for (const [name, schema] of members) if (schema !== undefined) properties[name] = schema;
  return members.length === 0 ? undefined : Type.Object(properties, { additionalProperties: false });
}
