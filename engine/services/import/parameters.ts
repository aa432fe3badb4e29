import { pointer } from '../../errors.ts';
import type { JsonSchema } from '../schema.ts';
import type { SchemaConverter } from './convert-schema.ts';
import { CannotImport, type Field } from './fields.ts';
import { camelCase } from './names.ts';
import type { References } from './references.ts';
import type { Report } from './report.ts';
import { isTree, listOf, type Tree, textOf, treeOf } from './tree.ts';

export interface Parameters {
  readonly path: readonly Field[];
  readonly query: readonly Field[];
  /** With the name of each header. */
  readonly headers: readonly (Field & { readonly header: string })[];
  /** Whether the document asks for an idempotency key, which the connector always sends. */
  readonly takesKey: boolean;
}

export interface ImportContext {
  readonly document: Tree;
  readonly references: References;
  readonly schemas: SchemaConverter;
  readonly report: Report;
  readonly credentialHeaders: ReadonlySet<string>;
}

interface Parameter {
  readonly at: string;
  readonly name: string;
  readonly place: string;
  readonly required: boolean;
  readonly value: Tree;
}

/** Said by the connector, or by OpenAPI itself, to be none of the caller's business. */
const QUIET_HEADERS = new Set(['accept', 'content-type', 'idempotency-key', 'content-length', 'host', 'traceparent']);
const OTHER_HEADERS = ['connection', 'transfer-encoding', 'expect', 'te', 'upgrade', 'accept-encoding', 'x-attempt'];
const FOREIGN_HEADERS = new Set([...OTHER_HEADERS, 'trailer', 'keep-alive', 'proxy-connection', 'proxy-authorization']);
const SEPARATORS: Readonly<Record<string, string>> = { spaceDelimited: 'spaces', pipeDelimited: '|' };

/**
 * Reads the parameters of an operation, its own before those of its path.
 *
 * @throws {CannotImport} if one is required and cannot be sent.
 */
export function readParameters(lists: readonly (readonly [unknown, string])[], context: ImportContext): Parameters {
  const all = new Map<string, Parameter>();
  for (const [list, at] of lists) {
    for (const [index, item] of listOf(list).entries()) {
      const parameter = readParameter(item, at + pointer(index), context);
      const key = parameter && `${parameter.place} ${parameter.name.toLowerCase()}`;
      if (parameter && key !== undefined && !all.has(key)) all.set(key, parameter);
    }
  }
  const parameters = [...all.values()];
  const at = (place: string) => parameters.filter((each) => each.place === place);
  for (const { at: where, place, name, required } of parameters) {
    if (['path', 'query', 'header'].includes(place)) continue;
    const reason =
      place === 'cookie' ? 'cookies are not sent by the HTTP connector' : `${place} is no place that is known`;
    leaveOut({ at: where, name, required, reason }, context);
  }
  return {
    path: at('path').flatMap((each) => scalarField(each, context)),
    query: at('query').flatMap((each) => queryField(each, context)),
    headers: at('header').flatMap((each) => headerField(each, context)),
    takesKey: at('header').some(({ name }) => name.toLowerCase() === 'idempotency-key'),
  };
}

function readParameter(item: unknown, at: string, context: ImportContext): Parameter | undefined {
  const found = context.references.follow(item, at);
  if (!found.ok) throw new CannotImport(at, `a parameter cannot be read: ${found.reason}`);
  const value = treeOf(found.value);
  const { name, in: place } = value;
  if (typeof name !== 'string' || name === '' || typeof place !== 'string') {
    context.report.skip(at, 'parameter', 'has no `name` or no `in`');
    return undefined;
  }
  return { at, name, place, required: place === 'path' || value['required'] === true, value };
}

function leaveOut(
  {
    at,
    name,
    required,
    reason,
  }: { readonly at: string; readonly name: string; readonly required: boolean; readonly reason: string },
  { report }: ImportContext,
): never[] {
  if (required) throw new CannotImport(at, `the required parameter ${name} cannot be sent: ${reason}`);
  report.skip(at, 'parameter', `${name}: ${reason}`);
  return [];
}

function queryField(parameter: Parameter, context: ImportContext): Field[] {
  const { value, name } = parameter;
  if (name === '__proto__') return leaveOut({ ...parameter, reason: 'no member can have this name' }, context);
  const style = textOf(value['style']) ?? 'form';
  const kind = kindOf(parameter, context);
  if (value['content'] !== undefined || style === 'deepObject' || kind === 'object') {
    const reason = `an object in the query (style ${value['content'] === undefined ? style : 'content'}) is not supported`;
    return leaveOut({ ...parameter, reason }, context);
  }
  const explode = value['explode'] ?? style === 'form';
  if (kind === 'array' && explode !== true) return [joined(parameter, SEPARATORS[style] ?? 'commas')];
  return [fieldOf(parameter, context)];
}

function scalarField(parameter: Parameter, context: ImportContext): Field[] {
  const style = textOf(parameter.value['style']) ?? 'simple';
  const kind = kindOf(parameter, context);
  if (style !== 'simple' || kind === 'object' || parameter.value['content'] !== undefined)
    return leaveOut({ ...parameter, reason: `${kind} in style ${style} is not supported here` }, context);
  return [kind === 'array' ? joined(parameter, 'commas') : fieldOf(parameter, context)];
}

function headerField(parameter: Parameter, context: ImportContext): (Field & { readonly header: string })[] {
  const { name, at } = parameter;
  const small = name.toLowerCase();
  if (QUIET_HEADERS.has(small)) return [];
  const reason =
    small === 'authorization' || small === 'cookie' || context.credentialHeaders.has(small)
      ? 'is a credential: set it in the headers of the service’s config, by the name of a secret'
      : FOREIGN_HEADERS.has(small)
        ? 'is set by the HTTP connector'
        : undefined;
  if (reason !== undefined) {
    context.report.skip(at, 'parameter', `${name} ${reason}`);
    return [];
  }
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name))
    return leaveOut({ ...parameter, reason: 'is no header name' }, context);
  return scalarField(parameter, context).map((field) => ({ ...field, name: camelCase(name) || name, header: name }));
}

/** By its type, as far as it is said. */
function kindOf({ value, at }: Parameter, { references }: ImportContext): 'array' | 'object' | 'scalar' {
  const found = references.follow(value['schema'], at);
  const schema = found.ok ? treeOf(found.value) : {};
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type']];
  if (types.includes('array') || isTree(schema['items'])) return 'array';
  return types.includes('object') || isTree(schema['properties']) ? 'object' : 'scalar';
}

function fieldOf({ value, at, name, required }: Parameter, context: ImportContext): Field {
  const { schema, needs } =
    value['schema'] === undefined
      ? { schema: true, needs: new Set<string>() }
      : context.schemas.convert(value['schema'], `${at}/schema`, 'request');
  return { name, needs, required, schema: withNotes(schema, value) };
}

/** A list whose items are written into one text. */
function joined({ value, name, required }: Parameter, separator: string): Field {
  const said = textOf(value['description']);
  const description = `${said === undefined ? '' : `${said} `}(values joined by ${separator})`;
  return { name, required, needs: new Set(), schema: { type: 'string', description } };
}

function withNotes(schema: JsonSchema, parameter: Tree): JsonSchema {
  if (schema === false) return false;
  const own = schema === true ? {} : schema;
  const description = own['description'] ?? textOf(parameter['description']);
  const examples = own['examples'] ?? examplesOf(parameter);
  const result = { ...own, ...(description !== undefined && { description }), ...(examples && { examples }) };
  return Object.keys(result).length === 0 ? true : result;
}

/** `example` and `examples` of a parameter or a media type. */
export function examplesOf(holder: Tree): readonly unknown[] | undefined {
  const named = Object.values(treeOf(holder['examples'])).flatMap((each) =>
    isTree(each) && 'value' in each ? [each['value']] : [],
  );
  const all = 'example' in holder ? [holder['example'], ...named] : named;
  return all.length === 0 ? undefined : all;
}
