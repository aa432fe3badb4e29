import Type from 'typebox';
import { FlowError, type Json } from '../../errors.ts';
import { identifier, parseGroup, type Service } from '../../services/index.ts';
import { ServiceGroup } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import {
  Changed,
  checkIfMatch,
  etagOf,
  headers,
  inTurn,
  invalid,
  patched,
  refuseMocksOfMoney,
} from '../policy-changes.ts';
import { errorResponses } from '../responses.ts';

const groupParams = Type.Object({ groupId: Type.String({ pattern: identifier }) });

/** Groups of services, and the policies that services inherit from them. */
export function serviceGroupRoutes(app: App, deps: ApiDeps): void {
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
    const parsed = parseGroup(body);
    if (!parsed.ok) throw invalid(parsed.problems);
    const { definition } = parsed;
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
}

/** A group as it was put, for the record. */
function contentOf(group: object | undefined): Json {
  if (group === undefined) return null;
  return Object.fromEntries(Object.entries(group).filter(([name]) => name !== 'id' && name !== 'revision')) as Json;
}
