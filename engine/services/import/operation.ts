import type { Operation } from '../service.ts';
import { readBody } from './body.ts';
import { CannotImport } from './fields.ts';
import { type ImportContext, readParameters } from './parameters.ts';
import { putTogether } from './request.ts';
import { readResponse } from './response.ts';
import { prefixOf, whyElsewhere } from './servers.ts';
import { type Tree, textOf } from './tree.ts';

const SENT = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

export interface Place {
  readonly path: string;
  readonly pathItem: Tree;
  /** Of the path item and of the operation, in the document. */
  readonly itemAt: string;
  readonly at: string;
  readonly method: string;
  readonly baseUrl: string;
}

/** @throws {CannotImport} with the reason. */
export function readOperation(operation: Tree, place: Place, context: ImportContext): Operation {
  const { path, pathItem, itemAt, at, baseUrl } = place;
  const method = place.method.toUpperCase();
  if (!SENT.includes(method)) throw new CannotImport(at, `${method} is not sent by the HTTP connector`);
  const servers = operation['servers'] ?? pathItem['servers'];
  const prefix = prefixOf(servers, context.document, baseUrl);
  if (prefix === undefined) throw new CannotImport(at, whyElsewhere(servers));
  const parameters = readParameters(
    [
      [operation['parameters'], `${at}/parameters`],
      [pathItem['parameters'], `${itemAt}/parameters`],
    ],
    context,
  );
  const isReading = method === 'GET' || method === 'HEAD';
  const body = readBody(isReading ? {} : operation, at, context);
  if (isReading && operation['requestBody'] !== undefined)
    context.report.skip(`${at}/requestBody`, 'body', `${method} is sent without a body`);
  const request = putTogether({ path: prefix + asciiOnly(path), at, parameters, body }, context);
  const isIdempotent = isReading || parameters.takesKey || operation['x-idempotent'] === true;
  const title = textOf(operation['summary']);
  const description = describe(operation);
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    safety: isIdempotent ? 'idempotent' : 'once',
    ...(isReading && { readOnly: true }),
    request: asJsonSchema(request.schema),
    response: asJsonSchema(method === 'HEAD' ? true : readResponse(operation, at, context)),
    binding: {
      method,
      path: request.path,
      ...(request.query.length > 0 && { query: request.query }),
      ...(Object.keys(request.headers).length > 0 && { headers: request.headers }),
      ...(!isReading && { body: body.kind }),
    },
  };
}

function describe(operation: Tree): string | undefined {
  const description = textOf(operation['description']);
  if (operation['deprecated'] !== true) return description;
  return description === undefined ? 'Deprecated.' : `Deprecated. ${description}`;
}

/** Literal parts of a path as they travel; fields in braces stay as they are. */
const asciiOnly = (path: string) =>
  path.replaceAll(/\{[^{}/]+\}|[^\x21-\x7e]+/gu, (part) =>
    part.startsWith('{') ? part : encodeURIComponent(part.replaceAll(/\p{Surrogate}/gu, '')),
  );

/** The same schema, as the stored form types it. */
const asJsonSchema = (schema: Operation['request'] | { readonly [keyword: string]: unknown }): Operation['request'] =>
  typeof schema === 'boolean' ? schema : { ...schema };
