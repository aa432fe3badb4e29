import Type from 'typebox';
import { FlowError } from '../../errors.ts';
import { ServiceSchema } from '../../services/index.ts';
import { Breaks, type ServiceDetail, type ServiceEntry } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import { checkIfMatch, etagOf, inTurn, parsed, refuseMocksOfMoney } from '../policy-changes.ts';
import { errorResponses } from '../responses.ts';
import { breaks, saveService, usedBy } from '../service-changes.ts';
import { importRoute } from './service-import.ts';

const params = Type.Object({ serviceId: Type.String({ maxLength: 64 }) });
const Entry = Type.Unsafe<ServiceEntry>(
  Type.Object({ ...ServiceSchema.properties, revision: Type.Integer({ description: 'Goes up with every change' }) }),
);
const Detail = Type.Unsafe<ServiceDetail>(
  Type.Object({
    ...ServiceSchema.properties,
    revision: Type.Integer(),
    usedBy: Type.Array(Type.String(), { description: 'Published flows' }),
  }),
);

/** The service catalogue. */
export function serviceRoutes(app: App, deps: ApiDeps): void {
  const { registry } = deps;
  importRoute(app, deps);

  app.get(
    '/services',
    {
      schema: {
        operationId: 'listServices',
        summary: 'List services with their operations',
        tags: ['services'],
        response: { 200: Type.Object({ services: Type.Array(Entry) }), ...errorResponses(500) },
      },
    },
    async () => ({ services: registry.list().map(({ service, revision }) => ({ ...service, revision })) }),
  );

  app.get(
    '/services/:serviceId',
    {
      schema: {
        operationId: 'getService',
        summary: 'One service, and the flows that use it',
        tags: ['services'],
        params,
        response: { 200: Detail, ...errorResponses(404) },
      },
    },
    async ({ params: { serviceId } }, reply) => {
      const found = registry.get(serviceId);
      if (found === undefined) throw new FlowError('SERVICE_NOT_FOUND', `no service ${serviceId}`);
      return reply
        .header('etag', etagOf(found.revision))
        .send({ ...found.service, revision: found.revision, usedBy: usedBy(deps, serviceId) });
    },
  );

  app.put(
    '/services/:serviceId',
    {
      bodyLimit: deps.limits.maxDefinitionBytes,
      schema: {
        operationId: 'putService',
        summary: 'Add or replace a service',
        description: 'Published flows that no longer fit are told in `breaks`; the service is replaced all the same.',
        tags: ['services'],
        params,
        headers: Type.Object({
          'if-match': Type.Optional(Type.String({ description: 'The revision that the description was made from' })),
        }),
        body: Type.Unknown(),
        response: {
          200: Type.Object({ id: Type.String(), revision: Type.Integer(), breaks: Breaks }),
          ...errorResponses(403, 412, 413, 422),
        },
      },
    },
    async (request) => {
      const { serviceId } = request.params;
      const service = parsed(request.body, deps);
      if (service.id !== serviceId)
        throw new FlowError('SERVICE_INVALID', `the description's id is ${service.id}, the path says ${serviceId}`);
      return inTurn(deps, async () => {
        checkIfMatch(request.headers['if-match'], registry.get(serviceId)?.revision ?? 0);
        refuseMocksOfMoney(deps, [service]);
        const revision = await saveService(deps, service, userOf(request));
        return { id: serviceId, revision, breaks: breaks(deps, serviceId) };
      });
    },
  );

  app.delete(
    '/services/:serviceId',
    {
      schema: {
        operationId: 'deleteService',
        summary: 'Remove a service that no published flow uses',
        tags: ['services'],
        params,
        response: { 204: Type.Null(), ...errorResponses(404, 409) },
      },
    },
    async (request, reply) => {
      const { serviceId } = request.params;
      const users = usedBy(deps, serviceId);
      if (users.length > 0)
        throw new FlowError('SERVICE_IN_USE', `service ${serviceId} is used by ${users.join(', ')}`, {
          details: { flows: users },
        });
      if (registry.get(serviceId) === undefined) throw new FlowError('SERVICE_NOT_FOUND', `no service ${serviceId}`);
      await deps.store.services.remove(serviceId);
      await deps.store.audit.write({ actor: userOf(request), action: 'service.delete', subject: serviceId });
      registry.remove(serviceId);
      return reply.code(204).send(null);
    },
  );
}
