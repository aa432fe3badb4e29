import type { JsonSchema } from '../schema.ts';
import type { Body } from './body.ts';
import { CannotImport, type Field } from './fields.ts';
import type { ImportContext, Parameters } from './parameters.ts';
import { withExamples } from './response.ts';
import { isTree } from './tree.ts';

export interface Request {
  readonly schema: JsonSchema;
  readonly path: string;
  readonly query: readonly string[];
  /** Input field → header. */
  readonly headers: { readonly [field: string]: string };
}

interface Parts {
  readonly path: string;
  readonly at: string;
  readonly parameters: Parameters;
  readonly body: Body;
}

/**
 * Puts parameters and body into one flat object, as the connector takes it.
 *
 * Where two have the same name, fields of the path and headers get another one; a member of the body and a field of the
 * query cannot, so the one that is not required is left out.
 *
 * @throws {CannotImport} if both are required, or if the body leaves no room for other fields.
 */
export function putTogether({ path, at, parameters, body }: Parts, context: ImportContext): Request {
  const placeholders = [...path.matchAll(/\{([^{}/]+)\}/g)].map((match) => match[1] ?? '');
  const alone = placeholders.length + parameters.query.length + parameters.headers.length === 0;
  if (alone && body.kind === 'json') {
    const schema = context.schemas.complete(topLevel(body));
    return { schema: withExamples(schema, body.examples), path, query: [], headers: {} };
  }
  if (!body.isObject) throw new CannotImport(at, 'the body is no object, and there are parameters beside it');
  if (body.kind === 'json' && body.members === undefined) {
    context.report.skip(
      `${at}/requestBody`,
      'schema',
      'has choices, and parameters beside it: only the service checks the body',
    );
  }
  const properties = new Map<string, JsonSchema>(body.members?.properties);
  const required = new Set<string>(body.members?.required);
  const needs = new Set<string>(body.members?.needs);
  const add = (field: Field, name: string) => {
    properties.set(name, field.schema);
    if (field.required) required.add(name);
    for (const need of field.needs) needs.add(need);
  };

  const query: string[] = [];
  for (const field of parameters.query) {
    if (properties.has(field.name)) {
      if (!field.required) {
        context.report.skip(at, 'parameter', `${field.name} of the query has the name of a member of the body`);
        continue;
      }
      if (required.has(field.name)) throw new CannotImport(at, `both query and body require a field ${field.name}`);
      context.report.skip(at, 'field', `${field.name} of the body has the name of a required field of the query`);
    }
    add(field, field.name);
    query.push(field.name);
  }
  const names = new Map<string, string>();
  for (const name of placeholders) {
    const known = parameters.path.find((field) => field.name === name);
    if (known === undefined)
      context.report.skip(at, 'parameter', `${name} of the path is not described: taken as a text`);
    const field = known ?? { name, schema: { type: 'string' }, needs: new Set<string>(), required: true };
    const free = names.get(name) ?? freeName(name, 'InPath', properties);
    names.set(name, free);
    add(field, free);
  }
  const headers: Record<string, string> = {};
  for (const field of parameters.headers) {
    const free = freeName(field.name, 'InHeader', properties);
    add(field, free);
    headers[free] = field.header;
  }
  const isOpen = body.kind === 'json' && body.members?.rest['additionalProperties'] !== false;
  const schema: JsonSchema = {
    ...body.members?.rest,
    type: 'object',
    ...(properties.size > 0 && { properties: Object.fromEntries(properties) }),
    ...(required.size > 0 && { required: [...required] }),
    ...(!isOpen && { additionalProperties: false }),
  };
  return {
    schema: withExamples(context.schemas.complete({ schema, needs }), alone ? body.examples : undefined),
    path: path.replace(/\{([^{}/]+)\}/g, (whole, name: string) => `{${names.get(name) ?? whole}}`),
    query,
    headers,
  };
}

function freeName(name: string, suffix: string, taken: ReadonlyMap<string, unknown>): string {
  let free = taken.has(name) ? `${name}${suffix}` : name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}${suffix}${number}`;
  return free;
}

/** The members of the body at the top, where checks of flows and forms look for them, in place of a mere reference. */
function topLevel({ whole, members }: Body) {
  if (members === undefined || !isTree(whole.schema) || !('$ref' in whole.schema || 'allOf' in whole.schema))
    return whole;
  const schema: JsonSchema = {
    ...members.rest,
    type: 'object',
    ...(members.properties.size > 0 && { properties: Object.fromEntries(members.properties) }),
    ...(members.required.size > 0 && { required: [...members.required] }),
  };
  return { schema, needs: members.needs };
}
