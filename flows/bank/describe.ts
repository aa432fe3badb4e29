import type { Operation, Safety } from './operation.ts';
import { services } from './services/index.ts';
import type { Title } from './title.ts';

/** A service as Heddle's catalogue registers it. */
export interface ServiceDescription {
  readonly id: string;
  readonly title: Title;
  readonly owner: string;
  readonly connector: 'http';
  readonly config: { readonly baseUrl: string };
  readonly operations: Readonly<Record<string, OperationDescription>>;
}

export interface OperationDescription {
  readonly title: Title;
  readonly safety: Safety;
  readonly readOnly: boolean;
  readonly movesMoney: boolean;
  /** JSON Schema 2020-12 of one flat object; `binding` says which members travel where. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly response: Readonly<Record<string, unknown>>;
  readonly binding: HttpBinding;
}

/** Members in the path's braces go there; those of `query` and `headers` there; all others into the JSON body. */
export interface HttpBinding {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: readonly string[];
  /** Input member → header name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Describes every service of the bank from the definitions that it serves.
 *
 * @param baseUrl - Where the bank listens, as `Bank.url` says; paths begin with the service's id.
 */
export function describeServices(baseUrl: string): readonly ServiceDescription[] {
  return services.map(({ id, title, owner, operations }) => ({
    id,
    title,
    owner,
    connector: 'http',
    config: { baseUrl },
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, operation]) => [name, describeOperation(id, operation)]),
    ),
  }));
}

export function describeOperation(service: string, operation: Operation): OperationDescription {
  const { title, safety, readOnly, movesMoney, input, output, method, path, query, headers } = operation;
  return {
    title,
    safety,
    readOnly,
    movesMoney,
    request: plain(input),
    response: plain(output),
    binding: { method, path: `/${service}${path}`, ...(query && { query }), ...(headers && { headers }) },
  };
}

/** TypeBox keeps marks of its own on a schema; the catalogue gets nothing but JSON. */
function plain(schema: object): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(schema));
}
