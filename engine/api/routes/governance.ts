import Type from 'typebox';
import { FlowError, type Json, type JsonObject } from '../../errors.ts';
import { effectivePolicy, mergePatch, type ResolvedOperation, type Service } from '../../services/index.ts';
import { EffectivePolicy } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import { grantSecrets } from '../grant-secrets.ts';
import {
  Changed,
  checkIfMatch,
  etagOf,
  headers,
  inTurn,
  parsed,
  patched,
  refuseMocksOfMoney,
} from '../policy-changes.ts';
import { errorResponses } from '../responses.ts';
import { serviceGroupRoutes } from './service-groups.ts';

const serviceParams = Type.Object({ serviceId: Type.String({ maxLength: 64 }) });
const operationParams = Type.Object({ ...serviceParams.properties, operationId: Type.String({ maxLength: 64 }) });

/** Policies and endpoints of services; a change is in force for the next call. */
export function governanceRoutes(app: App, deps: ApiDeps): void {
  const { registry, store } = deps;
  serviceGroupRoutes(app, deps);
  app.get(
    '/services/:serviceId/operations/:operationId/policy',
    {
      schema: {
        operationId: 'getOperationPolicy',
        summary: 'The policy in force for an operation: of each part its value and the level that it comes from',
        tags: ['services'],
        params: operationParams,
        response: { 200: EffectivePolicy, ...errorResponses(404) },
      },
    },
    async ({ params: { serviceId, operationId } }, reply) => {
      const view = policyView(deps, registry.resolve(serviceId, operationId));
      return reply.header('etag', etagOf(view.revision)).send(view);
    },
  );

  /** Puts a service with another policy into force; it has passed the same checks as any description. */
  async function savePolicy(service: Service, subject: string, details: JsonObject, actor: string): Promise<number> {
    const next = parsed(service, deps);
    refuseMocksOfMoney(deps, [next]);
    await store.services.save(next.id, next);
    await store.audit.write({ actor, action: 'service.policy', subject, details });
    return registry.put(next);
  }

  app.patch(
    '/services/:serviceId/policy',
    {
      schema: {
        operationId: 'patchServicePolicy',
        summary: 'Change parts of a service’s policy',
        description: 'A JSON merge patch (RFC 7396): a part that is `null` is taken out, and inherited from then on.',
        tags: ['services'],
        params: serviceParams,
        headers,
        body: Type.Unknown(),
        response: { 200: Changed, ...errorResponses(403, 404, 412, 422) },
      },
    },
    (request) =>
      inTurn(deps, async () => {
        const { serviceId } = request.params;
        const found = registry.get(serviceId);
        if (found === undefined) throw new FlowError('SERVICE_NOT_FOUND', `no service ${serviceId}`);
        checkIfMatch(request.headers['if-match'], found.revision);
        const { service } = found;
        const policy = patched(service.policy, request.body);
        const details = { before: (service.policy ?? {}) as JsonObject, after: policy as JsonObject };
        const revision = await savePolicy({ ...service, policy }, serviceId, details, userOf(request));
        return { revision, policy };
      }),
  );

  app.patch(
    '/services/:serviceId/endpoints',
    {
      schema: {
        operationId: 'patchServiceEndpoints',
        summary: 'Change the endpoints of a service, or where they are looked up',
        description:
          'A JSON merge patch (RFC 7396): the list of endpoints is replaced as a whole. Endpoints that stay where they ' +
          'are keep their connections.',
        tags: ['services'],
        params: serviceParams,
        headers,
        body: Places,
        response: {
          200: Type.Object({ revision: Type.Integer(), ...Places.properties }),
          ...errorResponses(400, 404, 412, 422),
        },
      },
    },
    (request) =>
      inTurn(deps, async () => {
        const { serviceId } = request.params;
        const found = registry.get(serviceId);
        if (found === undefined) throw new FlowError('SERVICE_NOT_FOUND', `no service ${serviceId}`);
        checkIfMatch(request.headers['if-match'], found.revision);
        const { endpoints, discovery, ...rest } = found.service;
        const before = { ...(endpoints && { endpoints }), ...(discovery && { discovery }) } as JsonObject;
        const after = mergePatch(before, request.body as Json) as JsonObject;
        const next = parsed({ ...rest, ...after }, deps);
        await store.services.save(serviceId, next);
        await grantSecrets(deps.vault, next, deps.connectors);
        await store.audit.write({
          actor: userOf(request),
          action: 'service.endpoints',
          subject: serviceId,
          details: { before, after },
        });
        return { revision: registry.put(next), ...after };
      }),
  );

  app.patch(
    '/services/:serviceId/operations/:operationId/policy',
    {
      schema: {
        operationId: 'patchOperationPolicy',
        summary: 'Change parts of an operation’s policy',
        description: 'A JSON merge patch (RFC 7396): a part that is `null` is taken out, and inherited from then on.',
        tags: ['services'],
        params: operationParams,
        headers,
        body: Type.Unknown(),
        response: { 200: Changed, ...errorResponses(403, 404, 412, 422) },
      },
    },
    (request) =>
      inTurn(deps, async () => {
        const { serviceId, operationId } = request.params;
        const { service, operation, revision: present } = registry.resolve(serviceId, operationId);
        checkIfMatch(request.headers['if-match'], present);
        const policy = patched(operation.policy, request.body);
        const details = { before: (operation.policy ?? {}) as JsonObject, after: policy as JsonObject };
        const operations = { ...service.operations, [operationId]: { ...operation, policy } };
        const subject = `${serviceId}.${operationId}`;
        const revision = await savePolicy({ ...service, operations }, subject, details, userOf(request));
        return { revision, policy };
      }),
  );
}

const Places = Type.Object(
  {
    endpoints: Type.Optional(Type.Unknown({ description: 'All of them, or null for none' })),
    discovery: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);

/** Everything about the policy of one operation. */
function policyView({ registry }: ApiDeps, resolved: ResolvedOperation): EffectivePolicy {
  const { service, operation, operationId, revision } = resolved;
  const group = service.group === undefined ? undefined : (registry.groups.get(service.group)?.policy ?? {});
  return {
    service: service.id,
    operation: operationId,
    revision,
    ...(service.group !== undefined && { group: service.group }),
    policy: effectivePolicy({ group, service }, operation),
    levels: {
      ...(group !== undefined && { group }),
      service: service.policy ?? {},
      operation: operation.policy ?? {},
    },
  };
}
