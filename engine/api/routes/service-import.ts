import type { ConnectorHost } from '@heddle/connectors/sdk/index';
import Type from 'typebox';
import { FlowError } from '../../errors.ts';
import {
  compareServices,
  createImporter,
  discoverService,
  fetchDocument,
  fitToConnector,
  type Imported,
  keepWhatWasSet,
  parseService,
  ServiceSchema,
} from '../../services/index.ts';
import { DiscoverRequest, ImportedParts, ImportRequest, type ImportResult } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import { errorResponses } from '../responses.ts';
import { breaks, saveService, wouldBreak } from '../service-changes.ts';

const Result = Type.Unsafe<ImportResult>(
  Type.Object({ service: Type.Object(ServiceSchema.properties), ...ImportedParts }),
);
const MAX_DOCUMENT_LENGTH = 25 * 1_048_576;
/** In its JSON envelope a document is longer: every quote has a backslash there. */
const MAX_BODY_BYTES = 48 * 1_048_576;
const KEPT =
  'What people have set on a registered service of the same id is kept: policies, safety, money, headers. What of it ' +
  'contradicts the new description is dropped and told in `warnings`.';

/** Services made of OpenAPI documents, or by asking the service itself. */
export function importRoute(app: App, deps: ApiDeps): void {
  const importer = createImporter();

  app.post(
    '/services/import',
    {
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        operationId: 'importService',
        summary: 'Make a service of an OpenAPI document',
        description: `Imports what can be called and lists the rest with reasons. Nothing outside the document is read. ${KEPT}`,
        tags: ['services'],
        body: ImportRequest,
        response: { 200: Result, ...errorResponses(400, 413, 422) },
      },
    },
    async (request) => {
      const { text: given, url, id, baseUrl, dryRun = true } = request.body;
      const text = given ?? (url === undefined ? undefined : await fetchDocument(url, deps.importOrigins));
      if (text === undefined || (given !== undefined && url !== undefined))
        throw new FlowError('IMPORT_INVALID', 'give the document as text, or its url: one of them', {
          details: { problems: [{ pointer: '', code: 'IMPORT_INVALID', message: 'needs either text or url' }] },
        });
      if (text.length > MAX_DOCUMENT_LENGTH)
        throw new FlowError('PAYLOAD_TOO_LARGE', `the document has more than ${MAX_DOCUMENT_LENGTH} characters`);
      const imported = await importer.import({ text, id, baseUrl, baseUrls: baseUrls(deps) });
      return finish(deps, imported, { dryRun, actor: userOf(request) });
    },
  );

  app.post(
    '/services/discover',
    {
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        operationId: 'discoverService',
        summary: 'Make a service by asking it',
        description: `Asks what is to become a service to describe itself, by its connector. ${KEPT}`,
        tags: ['services'],
        body: DiscoverRequest,
        response: { 200: Result, ...errorResponses(400, 413, 422, 502, 503) },
      },
    },
    async (request) => {
      const { connector, from, id, dryRun = true } = request.body;
      const host = secretsFor(deps, { id, connector, from });
      const imported = await discoverService({ connector, from, id }, { connectors: deps.connectors, host });
      return finish(deps, imported, { dryRun, actor: userOf(request) });
    },
  );
}

/** Whatever it was imported from. */
async function finish(
  deps: ApiDeps,
  imported: Imported,
  { dryRun, actor }: { readonly dryRun: boolean; readonly actor: string },
) {
  const fitting = fitToConnector(imported, deps.connectors);
  const present = deps.registry.get(fitting.service.id)?.service;
  if (present !== undefined && present.connector !== fitting.service.connector)
    throw new FlowError(
      'IMPORT_INVALID',
      `service ${present.id} is called by ${present.connector} and would become ${fitting.service.connector}; import under another id, or delete it first`,
    );
  const { service, warnings } = keepWhatWasSet(fitting.service, present);
  checkUsable(deps, service);
  const result = {
    service,
    operations: Object.keys(service.operations).length,
    skipped: [...fitting.skipped],
    warnings: [...fitting.warnings, ...warnings],
    ...(present !== undefined && { diff: compareServices(present, service) }),
  };
  if (dryRun) return { ...result, breaks: wouldBreak(deps, service) };
  const revision = await saveService(deps, service, actor);
  return { ...result, revision, breaks: breaks(deps, service.id) };
}

/** What could not be read again after a restart must not be saved. */
function checkUsable({ connectors }: ApiDeps, service: ImportResult['service']): void {
  const parsed = parseService(service, connectors);
  if (parsed.ok) return;
  const problems = parsed.problems.map((problem) => ({ ...problem, code: 'IMPORT_INVALID' }));
  const [first] = problems;
  throw new FlowError('IMPORT_INVALID', `${first?.pointer} ${first?.message}`, { details: { problems } });
}

function baseUrls({ registry }: ApiDeps): Record<string, string> {
  const urls = registry.list().map(({ service: { id, config } }) => [id, config['baseUrl']] as const);
  return Object.fromEntries(urls.flatMap(([id, url]) => (typeof url === 'string' ? [[id, url] as const] : [])));
}

/** Secrets go only to where the registered service of this id sends them already. */
function secretsFor(
  { registry, connectors, vault }: ApiDeps,
  { id, connector, from }: { readonly id: string | undefined; readonly connector: string; readonly from: object },
): ConnectorHost {
  const present = id === undefined ? undefined : registry.get(id)?.service;
  const known = present?.connector === connector ? connectors.get(connector) : undefined;
  return {
    secret(name) {
      const config = { ...present?.config, ...named(from, known?.config.properties ?? {}) };
      if (present && known && known.configProblems(config).length === 0) {
        const value = vault.reveal(name, { service: present.id, destination: known.destination(config) });
        if (value !== undefined) return value;
      }
      throw new FlowError(
        'SECRET_LOCKED',
        `secret ${name} is sent only where a registered service sends it already: give the id of that service, or ask without secrets`,
      );
    },
    warn: () => {},
  };
}

const named = (values: object, properties: object) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(properties, name)));
