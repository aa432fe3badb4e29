import Type from 'typebox';
import { ConnectorInfo } from '../contract.ts';
import type { ApiDeps, App } from '../deps.ts';
import { errorResponses } from '../responses.ts';

/** What services can be called by, with the schemas that forms are drawn from. */
export function connectorRoutes(app: App, { connectors }: ApiDeps): void {
  app.get(
    '/connectors',
    {
      schema: {
        operationId: 'listConnectors',
        summary: 'List connectors with the JSON Schemas of their parts',
        tags: ['services'],
        response: { 200: Type.Object({ connectors: Type.Array(ConnectorInfo) }), ...errorResponses(500) },
      },
    },
    async () => ({
      connectors: [...connectors.values()].map(({ protocol, title, config, binding, source, discoverFrom }) => ({
        protocol,
        title,
        config,
        binding,
        ...(source && { source }),
        ...(discoverFrom && { discoverFrom }),
      })),
    }),
  );
}
