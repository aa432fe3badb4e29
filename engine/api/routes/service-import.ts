import Type from 'typebox';
import { FlowError } from '../../errors.ts';
import {
  compareServices,
  createImporter,
  fitToConnector,
  keepWhatWasSet,
  ServiceSchema,
} from '../../services/index.ts';
import { ImportedParts, ImportRequest, type ImportResult } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import { errorResponses } from '../responses.ts';
import { breaks, saveService, wouldBreak } from '../service-changes.ts';

const Imported = Type.Unsafe<ImportResult>(
  Type.Object({ service: Type.Object(ServiceSchema.properties), ...ImportedParts }),
);
/** Of a document to import, in its JSON envelope. */
const MAX_IMPORT_BYTES = 25 * 1_048_576;

/** OpenAPI documents into the service catalogue. */
export function importRoute(app: App, deps: ApiDeps): void {
  const { registry } = deps;
  const importer = createImporter();

  app.post(
    '/services/import',
    {
      bodyLimit: MAX_IMPORT_BYTES,
      schema: {
        operationId: 'importService',
        summary: 'Make a service of an OpenAPI document',
        description:
          'Imports what can be called and lists the rest with reasons. Nothing outside the document is read. What people ' +
          'have set on a registered service of the same id is kept: policies, safety, money, headers.',
        tags: ['services'],
        body: ImportRequest,
        response: { 200: Imported, ...errorResponses(400, 413, 422) },
      },
    },
    async (request) => {
      const { text, id, baseUrl, dryRun = true } = request.body;
      const imported = fitToConnector(
        await importer.import({ text, id, baseUrl, baseUrls: baseUrls(deps) }),
        deps.connectors,
      );
      const { skipped, warnings } = imported;
      const present = registry.get(imported.service.id)?.service;
      if (present !== undefined && present.connector !== imported.service.connector)
        throw new FlowError(
          'IMPORT_INVALID',
          `service ${present.id} is called by ${present.connector} and would become ${imported.service.connector}; import under another id, or delete it first`,
        );
      const service = keepWhatWasSet(imported.service, present);
      const result = {
        service,
        operations: Object.keys(service.operations).length,
        skipped: [...skipped],
        warnings: [...warnings],
        ...(present !== undefined && { diff: compareServices(present, service) }),
      };
      if (dryRun) return { ...result, breaks: wouldBreak(deps, service) };
      const revision = await saveService(deps, service, userOf(request));
      return { ...result, revision, breaks: breaks(deps, service.id) };
    },
  );
}

function baseUrls({ registry }: ApiDeps): Record<string, string> {
  const urls = registry.list().map(({ service: { id, config } }) => [id, config['baseUrl']] as const);
  return Object.fromEntries(urls.flatMap(([id, url]) => (typeof url === 'string' ? [[id, url] as const] : [])));
}
