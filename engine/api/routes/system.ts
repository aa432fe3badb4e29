import Type from 'typebox';
import { flowSchema } from '../../definition/index.ts';
import { nodeTypes } from '../../nodes/index.ts';
import type { ApiDeps, App } from '../deps.ts';
import { errorResponses } from '../responses.ts';

/** Health, metrics, schemas: what machines ask of the engine itself. */
export function systemRoutes(app: App, deps: ApiDeps): void {
  const schema = flowSchema(nodeTypes);

  app.get(
    '/health',
    {
      schema: {
        operationId: 'health',
        summary: 'The process is alive',
        tags: ['system'],
        response: { 200: Type.Object({ status: Type.Literal('ok') }), ...errorResponses(500) },
      },
    },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/ready',
    {
      schema: {
        operationId: 'ready',
        summary: 'The engine takes work',
        tags: ['system'],
        response: {
          200: Type.Object({ ready: Type.Boolean(), activeRuns: Type.Integer() }),
          503: {
            description: 'Not now; `reason` says why',
            content: {
              'application/json': {
                schema: Type.Unsafe(
                  Type.Object({
                    ready: Type.Boolean(),
                    activeRuns: Type.Integer(),
                    reason: Type.Optional(Type.String()),
                  }),
                ),
              },
            },
          },
          ...errorResponses(500),
        },
      },
    },
    async (_request, reply) => {
      const health = deps.runtime.health();
      return reply.code((health.ready ? 200 : 503) as 200).send(health);
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        operationId: 'metrics',
        summary: 'Prometheus metrics',
        tags: ['system'],
        response: {
          200: { description: 'Prometheus text format', content: { 'text/plain': { schema: Type.String() } } },
          ...errorResponses(500),
        },
      },
    },
    async (_request, reply) =>
      reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send((await deps.metrics()) as never),
  );

  app.get(
    '/schemas/flow.json',
    {
      schema: {
        operationId: 'flowSchema',
        summary: 'JSON Schema 2020-12 of a flow definition',
        tags: ['system'],
        response: { 200: Type.Unknown(), ...errorResponses(500) },
      },
    },
    async (_request, reply) => reply.header('content-type', 'application/schema+json').send(schema),
  );

  app.get(
    '/audit',
    {
      schema: {
        operationId: 'listAudit',
        summary: 'Who did what, newest first',
        tags: ['system'],
        querystring: Type.Object({
          before: Type.Optional(Type.Integer()),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
        }),
        response: { 200: Type.Object({ entries: Type.Array(Type.Unknown()) }), ...errorResponses(400) },
      },
    },
    async ({ query: { before, limit = 50 } }) => ({ entries: await deps.store.audit.list(limit, before) }),
  );
}
