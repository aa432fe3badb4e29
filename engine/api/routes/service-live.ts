import Type from 'typebox';
import { FlowError, type JsonObject } from '../../errors.ts';
import { Fault, FaultRequest, OperationStats, ServiceEndpoints } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import { errorResponses } from '../responses.ts';
import { ServiceStream } from '../service-stream.ts';

const params = Type.Object({ serviceId: Type.String({ maxLength: 64 }), operationId: Type.String({ maxLength: 64 }) });

/** What services do now, and failures that are rehearsed on them. */
export function serviceLiveRoutes(app: App, deps: ApiDeps): void {
  const { invoker, registry, store } = deps;
  const figures = () => ({ at: deps.now(), operations: invoker.stats(), endpoints: invoker.endpoints() });
  const stream = new ServiceStream(() => JSON.stringify(figures()));
  app.addHook('preClose', async () => stream.close());

  app.get(
    '/services/stats',
    {
      schema: {
        operationId: 'serviceStats',
        summary: 'Live figures per operation that has been called',
        tags: ['services'],
        response: {
          200: Type.Object({
            at: Type.Integer(),
            operations: Type.Array(OperationStats),
            endpoints: Type.Array(ServiceEndpoints, { description: 'Services in use that have several' }),
          }),
          ...errorResponses(500),
        },
      },
    },
    async () => {
      const { at, operations, endpoints } = figures();
      return { at, operations: [...operations], endpoints: [...endpoints] };
    },
  );

  app.get(
    '/services/live',
    {
      schema: {
        operationId: 'serviceLive',
        summary: 'The same figures every second, as server-sent events',
        tags: ['services'],
        response: {
          200: {
            description: 'Events of the type `stats`',
            content: { 'text/event-stream': { schema: Type.String() } },
          },
          ...errorResponses(503),
        },
      },
    },
    async (_request, reply) => {
      stream.open(reply as never);
      return reply;
    },
  );

  app.get(
    '/services/:serviceId/endpoints',
    {
      schema: {
        operationId: 'getServiceEndpoints',
        summary: 'The endpoints of a service by now, and how looking them up goes',
        tags: ['services'],
        params: Type.Object({ serviceId: Type.String({ maxLength: 64 }) }),
        response: { 200: ServiceEndpoints, ...errorResponses(404) },
      },
    },
    async ({ params: { serviceId } }) => invoker.endpointsOf(serviceId),
  );

  app.get(
    '/services/faults',
    {
      schema: {
        operationId: 'listFaults',
        summary: 'Failures that are rehearsed now',
        tags: ['services'],
        response: {
          200: Type.Object({
            isAllowed: Type.Boolean({ description: 'False in production mode' }),
            faults: Type.Array(Fault),
          }),
          ...errorResponses(500),
        },
      },
    },
    async () => ({ isAllowed: !deps.isProduction, faults: [...invoker.faults.list()] }),
  );

  app.post(
    '/services/:serviceId/operations/:operationId/faults',
    {
      schema: {
        operationId: 'startFault',
        summary: 'Delay or abort a share of an operation’s calls for a while',
        description:
          'Takes the place of a rehearsal that the operation has. What is aborted is not sent. Refused in production mode.',
        tags: ['services'],
        params,
        body: FaultRequest,
        response: { 200: Fault, ...errorResponses(400, 403, 404) },
      },
    },
    async (request) => {
      if (deps.isProduction)
        throw new FlowError('FORBIDDEN', 'in production mode (HEDDLE_PRODUCTION=1) no failures are rehearsed');
      const { serviceId: service, operationId: operation } = request.params;
      registry.resolve(service, operation);
      const actor = userOf(request);
      const details = { ...request.body } as JsonObject;
      await store.audit.write({ actor, action: 'fault.start', subject: `${service}.${operation}`, details });
      return invoker.faults.start({ service, operation }, request.body, actor);
    },
  );

  app.delete(
    '/services/:serviceId/operations/:operationId/faults',
    {
      schema: {
        operationId: 'endFault',
        summary: 'End the rehearsal of an operation',
        tags: ['services'],
        params,
        response: { 204: Type.Null(), ...errorResponses(404) },
      },
    },
    async (request, reply) => {
      const { serviceId, operationId } = request.params;
      const subject = `${serviceId}.${operationId}`;
      if (invoker.faults.end(serviceId, operationId) === undefined)
        throw new FlowError('NOT_FOUND', `no failure of ${subject} is rehearsed`);
      await store.audit.write({ actor: userOf(request), action: 'fault.end', subject });
      return reply.code(204).send(null);
    },
  );
}
