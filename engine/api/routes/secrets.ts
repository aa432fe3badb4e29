import Type from 'typebox';
import { FlowError } from '../../errors.ts';
import { destinationOf, secretNames } from '../../services/index.ts';
import { Secret } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import { errorResponses } from '../responses.ts';

const params = Type.Object({
  name: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,63}$', description: 'As services refer to it' }),
});

/** Secrets: entered, replaced, removed; never read. */
export function secretRoutes(app: App, deps: ApiDeps): void {
  const { vault, registry, connectors } = deps;

  const usesOf = (name: string) =>
    registry
      .list()
      .filter(({ service }) => secretNames(service).includes(name))
      .map(({ service }) => ({ service: service.id, destination: destinationOf(service, connectors) }));

  app.get(
    '/secrets',
    {
      schema: {
        operationId: 'listSecrets',
        summary: 'Secrets that there are and that services name, without their values',
        tags: ['services'],
        response: { 200: Type.Object({ secrets: Type.Array(Secret) }), ...errorResponses(500) },
      },
    },
    async () => {
      const known = new Map(vault.list().map((secret) => [secret.name, secret]));
      const names = new Set([...known.keys(), ...registry.list().flatMap(({ service }) => secretNames(service))]);
      return {
        secrets: [...names].sort().map((name) => {
          const secret = known.get(name);
          return {
            name,
            ...(secret && { suite: secret.suite, updatedAt: secret.updatedAt, updatedBy: secret.updatedBy }),
            uses: usesOf(name).map((use) => ({ ...use, state: vault.state(name, use) })),
          };
        }),
      };
    },
  );

  app.put(
    '/secrets/:name',
    {
      schema: {
        operationId: 'putSecret',
        summary: 'Enter a secret, for the services that name it now',
        description:
          'It is sealed before it is stored, and goes only to the destinations that these services have at this moment. ' +
          'A service that moves elsewhere gets it again when it has been entered again.',
        tags: ['services'],
        params,
        body: Type.Object({ value: Type.String({ minLength: 1, maxLength: 65_536 }) }, { additionalProperties: false }),
        response: {
          200: Type.Object({ name: Type.String(), services: Type.Array(Type.String()) }),
          ...errorResponses(400, 503),
        },
      },
    },
    async (request) => {
      const { name } = request.params;
      const by = userOf(request);
      const uses = usesOf(name);
      await vault.put(name, request.body.value, uses, by);
      const services = uses.map(({ service }) => service);
      await deps.store.audit.write({ actor: by, action: 'secret.put', subject: name, details: { services } });
      for (const service of services) {
        deps.invoker.reconnect(service);
        deps.messages.consumers.restart(service);
      }
      return { name, services };
    },
  );

  app.delete(
    '/secrets/:name',
    {
      schema: {
        operationId: 'deleteSecret',
        summary: 'Remove a secret that no service names',
        tags: ['services'],
        params,
        response: { 204: Type.Null(), ...errorResponses(404, 409) },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const users = usesOf(name).map(({ service }) => service);
      if (users.length > 0)
        throw new FlowError('SECRET_IN_USE', `secret ${name} is named by ${users.join(', ')}`, {
          details: { services: users },
        });
      if (!(await vault.remove(name))) throw new FlowError('NOT_FOUND', `no secret ${name}`);
      await deps.store.audit.write({ actor: userOf(request), action: 'secret.delete', subject: name });
      return reply.code(204).send(null);
    },
  );
}
