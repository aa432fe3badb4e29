import { pointer } from '../../errors.ts';
import type { Operation, Service } from '../service.ts';
import { SchemaConverter } from './convert-schema.ts';
import { CannotImport } from './fields.ts';
import { OperationNames, serviceIdOf } from './names.ts';
import { readOperation } from './operation.ts';
import type { ImportContext } from './parameters.ts';
import { METHODS, readDocument, refused } from './read-document.ts';
import { References } from './references.ts';
import { Report, type Skipped } from './report.ts';
import { baseUrlOf, credentialHeaders, warnOfSecurity } from './servers.ts';
import { isTree, type Tree, textOf, treeOf } from './tree.ts';
import { UsableSchemas } from './usable.ts';

export interface ImportRequest {
  /** JSON or YAML. */
  readonly text: string;
  /** Default: made of the document's title. */
  readonly id?: string | undefined;
  /** In place of what the document says. */
  readonly baseUrl?: string | undefined;
  /** The base URLs of registered services, by id: importing again does not move a service. */
  readonly baseUrls?: Readonly<Record<string, string>>;
}

export interface Imported {
  readonly service: Service;
  readonly skipped: readonly Skipped[];
  readonly warnings: readonly string[];
}

/**
 * Makes a service of an OpenAPI document: whatever can be called, and a list of the rest with reasons.
 *
 * @throws {FlowError} `IMPORT_INVALID` if there is nothing to be had, naming the place and the cure.
 */
export async function importOpenApi(request: ImportRequest): Promise<Imported> {
  const document = await readDocument(request.text);
  const report = new Report();
  const info = treeOf(document['info']);
  const title = textOf(info['title']);
  const id = request.id ?? serviceIdOf(title ?? '');
  const baseUrl = baseUrlOf(document, { baseUrl: request.baseUrl, present: request.baseUrls?.[id] }, report);
  const operations = readOperations(document, baseUrl, report);
  if (operations.size === 0) throw refused(nothingToImport(report));
  warnOfSecurity(document, report);
  const isActing = [...operations.values()].some(({ readOnly }) => readOnly !== true);
  if (isActing) report.warn('The document does not say which operations move money: mark those, and say their safety');
  const owner = textOf(treeOf(info['contact'])['name']);
  const description = textOf(info['description']);
  const service: Service = {
    id,
    title: title ?? id,
    ...(owner !== undefined && { owner }),
    ...(description !== undefined && { description }),
    connector: 'http',
    config: { baseUrl },
    operations: Object.fromEntries(operations),
  };
  return { service, skipped: report.skipped, warnings: report.warnings };
}

function readOperations(document: Tree, baseUrl: string, report: Report): Map<string, Operation> {
  const references = new References(document);
  const schemas = new SchemaConverter(references, report);
  const context: ImportContext = {
    document,
    references,
    schemas,
    report,
    credentialHeaders: credentialHeaders(document),
  };
  const names = new OperationNames();
  const usable = new UsableSchemas(report);
  const operations = new Map<string, Operation>();
  for (const [path, value] of Object.entries(treeOf(document['paths']))) {
    if (path.startsWith('x-')) continue;
    const found = references.follow(value, pointer('paths', path));
    if (!found.ok || !isTree(found.value)) {
      report.skip(pointer('paths', path), 'path', found.ok ? 'is no object' : found.reason);
      continue;
    }
    const pathItem = found.value;
    for (const method of METHODS) {
      const operation = pathItem[method];
      if (operation === undefined) continue;
      const at = found.pointer + pointer(method);
      try {
        if (!isTree(operation)) throw new CannotImport(at, 'is no object');
        const place = { path, pathItem, itemAt: found.pointer, at, method, baseUrl };
        const read = readOperation(operation, place, context);
        operations.set(names.take(textOf(operation['operationId']), method, path), {
          ...read,
          request: usable.pass(read.request, at, 'request schema'),
          response: usable.pass(read.response, at, 'response schema'),
        } as Operation); // JsonSchema is read-only, the stored form is not typed so
      } catch (error) {
        if (!(error instanceof CannotImport)) throw error;
        const where = error.pointer === at ? '' : ` (${error.pointer})`;
        report.skip(at, 'operation', `${method.toUpperCase()} ${path}: ${error.message}${where}`);
      }
    }
  }
  if (names.made > 0) report.warn(`${names.made} operations have no operationId and are named after method and path`);
  if (names.changed > 0) report.warn(`${names.changed} operationIds were taken or had characters that no id may have`);
  return operations;
}

function nothingToImport({ skipped }: Report): string {
  const [first] = skipped;
  if (first === undefined) return 'the document has no operations under `paths`';
  return `none of the ${skipped.length} parts under \`paths\` can be imported; the first: ${first.pointer} ${first.reason}`;
}
