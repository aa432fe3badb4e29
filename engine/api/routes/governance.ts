import { schemaProblems } from '@heddle/connectors/sdk/index';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { FlowError, type Json, type JsonObject } from '../../errors.ts';
import {
  effectivePolicy,
  type GroupDefinition,
  GroupSchema,
  identifier,
  mergePatch,
  mockProblems,
  type Policy,
  PolicySchema,
  type ResolvedOperation,
  type Service,
} from '../../services/index.ts';
import { EffectivePolicy, ServiceGroup } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import { checkIfMatch, etagOf, inTurn, parsed, refuseMocksOfMoney } from '../policy-changes.ts';
import { errorResponses } from '../responses.ts';

const serviceParams = Type.Object({ serviceId: Type.String({ maxLength: 64 }) });
const operationParams = Type.Object({ ...serviceParams.properties, operationId: Type.String({ maxLength: 64 }) });
const groupParams = Type.Object({ groupId: Type.String({ pattern: identifier }) });
const headers = Type.Object({
  'if-match': Type.Optional(Type.String({ description: 'The revision that the change was made for' })),
});
const Changed = Type.Object({ revision: Type.Integer(), policy: PolicySchema });
const groupShape = Compile(GroupSchema);
const policyShape = Compile(PolicySchema);

/** Policies of groups, services and operations; a change is in force for the next call. */
export function governanceRoutes(app: App, deps: ApiDeps): void {
  const { registry, store } = deps;
  const { groups } = registry;

  const membersOf = (groupId: string): Service[] =>
    registry.list().flatMap(({ service }) => (service.group === groupId ? [service] : []));
  const viewOf = (id: string): ServiceGroup | undefined => {
    const services = membersOf(id).map((service) => service.id);
    const group = groups.get(id);
    if (group === undefined && services.length === 0) return undefined;
    return { ...(group ?? { id, revision: 0 }), services } as ServiceGroup;
  };
  const groupOf = (groupId: string): ServiceGroup => {
    const found = viewOf(groupId);
    if (found === undefined) throw new FlowError('GROUP_NOT_FOUND', `no group ${groupId}`);
    return found;
  };

  /** Checks, keeps and puts into force a group's definition. Returns its revision. */
  async function saveGroup(id: string, body: unknown, actor: string): Promise<number> {
    const before = groups.get(id);
    const definition = checked<GroupDefinition>(groupShape, body, '');
    const problems = mockProblems(definition.policy, '/policy/mock');
    if (problems.length > 0) throw invalid(problems);
    refuseMocksOfMoney(deps, membersOf(id), (groupId) =>
      groupId === id ? definition.policy : groups.get(groupId)?.policy,
    );
    await store.serviceGroups.save(id, definition, actor);
    await store.audit.write({
      actor,
      action: 'service-group.put',
      subject: id,
      details: { before: contentOf(before), after: definition as Json },
    });
    return groups.put(id, definition);
  }

  app.get(
    '/service-groups',
    {
      schema: {
        operationId: 'listServiceGroups',
        summary: 'List groups of services, those too that services name and nobody has described',
        tags: ['services'],
        response: { 200: Type.Object({ groups: Type.Array(ServiceGroup) }), ...errorResponses(500) },
      },
    },
    async () => {
      const ids = new Set(groups.list().map(({ id }) => id));
      for (const { service } of registry.list()) if (service.group !== undefined) ids.add(service.group);
      return { groups: [...ids].sort().map(groupOf) };
    },
  );

  app.get(
    '/service-groups/:groupId',
    {
      schema: {
        operationId: 'getServiceGroup',
        summary: 'One group, and the services in it',
        tags: ['services'],
        params: groupParams,
        response: { 200: ServiceGroup, ...errorResponses(404) },
      },
    },
    async ({ params: { groupId } }, reply) => {
      const group = groupOf(groupId);
      return reply.header('etag', etagOf(group.revision)).send(group);
    },
  );

  app.put(
    '/service-groups/:groupId',
    {
      schema: {
        operationId: 'putServiceGroup',
        summary: 'Add or replace a group of services',
        tags: ['services'],
        params: groupParams,
        headers,
        body: Type.Unknown(),
        response: {
          200: Type.Object({ id: Type.String(), revision: Type.Integer() }),
          ...errorResponses(403, 412, 422),
        },
      },
    },
    (request) =>
      inTurn(deps, async () => {
        const { groupId } = request.params;
        checkIfMatch(request.headers['if-match'], groups.get(groupId)?.revision ?? 0);
        return { id: groupId, revision: await saveGroup(groupId, request.body, userOf(request)) };
      }),
  );

  app.delete(
    '/service-groups/:groupId',
    {
      schema: {
        operationId: 'deleteServiceGroup',
        summary: 'Remove a group that no service is in',
        tags: ['services'],
        params: groupParams,
        response: { 204: Type.Null(), ...errorResponses(404, 409) },
      },
    },
    (request, reply) =>
      inTurn(deps, async () => {
        const { groupId } = request.params;
        const { services } = groupOf(groupId);
        if (services.length > 0)
          throw new FlowError('GROUP_IN_USE', `group ${groupId} has the services ${services.join(', ')}`, {
            details: { services },
          });
        const before = contentOf(groups.get(groupId));
        await store.serviceGroups.remove(groupId);
        await store.audit.write({
          actor: userOf(request),
          action: 'service-group.delete',
          subject: groupId,
          details: { before },
        });
        groups.remove(groupId);
        return reply.code(204).send(null);
      }),
  );

  app.patch(
    '/service-groups/:groupId/policy',
    {
      schema: {
        operationId: 'patchGroupPolicy',
        summary: 'Change parts of a group’s policy',
        description: 'A JSON merge patch (RFC 7396): a part that is `null` is taken out.',
        tags: ['services'],
        params: groupParams,
        headers,
        body: Type.Unknown(),
        response: { 200: Changed, ...errorResponses(403, 404, 412, 422) },
      },
    },
    (request) =>
      inTurn(deps, async () => {
        const { groupId } = request.params;
        const { services: _services, id: _id, revision, ...definition } = groupOf(groupId);
        checkIfMatch(request.headers['if-match'], revision);
        const policy = patched(definition.policy, request.body);
        return { revision: await saveGroup(groupId, { ...definition, policy }, userOf(request)), policy };
      }),
  );

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

/** @throws {FlowError} `SERVICE_INVALID` if no policy comes of it. */
function patched(policy: Policy | undefined, patch: unknown): Policy {
  return checked<Policy>(policyShape, mergePatch((policy ?? {}) as Json, patch as Json), '/policy');
}

interface Shape<Value> {
  Check(value: unknown): value is Value;
  Errors(value: unknown): Parameters<typeof schemaProblems>[0];
}

function checked<Value>(shape: Shape<Value>, value: unknown, at: string): Value {
  if (shape.Check(value)) return value;
  const problems = schemaProblems(shape.Errors(value));
  throw invalid(problems.map(({ pointer, message }) => ({ pointer: at + pointer, code: 'SERVICE_INVALID', message })));
}

function invalid(problems: readonly { readonly pointer: string; readonly code: string; readonly message: string }[]) {
  const [first] = problems;
  return new FlowError('SERVICE_INVALID', `${first?.pointer || 'the whole'}: ${first?.message}`, {
    details: { problems: problems.map((problem) => ({ ...problem })) },
  });
}

/** A group as it was put, for the record. */
function contentOf(group: object | undefined): Json {
  if (group === undefined) return null;
  return Object.fromEntries(Object.entries(group).filter(([name]) => name !== 'id' && name !== 'revision')) as Json;
}
