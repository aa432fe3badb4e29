import Type from 'typebox';
import { FlowError, type Json } from '../../errors.ts';
import { parseDuration } from '../../expression/index.ts';
import { callerOf } from '../../triggers/caller.ts';
import { startFlow } from '../../triggers/start-flow.ts';
import { FlowSummary, Problem, StartedRun, VersionInfo } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import { flowOpenApi } from '../flow-openapi.ts';
import { sendStarted } from '../reply.ts';
import { errorResponses } from '../responses.ts';

/** How long the caller of a flow waits who does not say. */
export const DEFAULT_WAIT_MS = 30_000;
const MAX_WAIT_MS = 300_000;

/** Flows as callers and authors see them: start, list, publish, versions. */
export function flowRoutes(app: App, deps: ApiDeps): void {
  const params = Type.Object({ flowId: Type.String({ maxLength: 64 }) });

  app.post(
    '/flows/:flowId',
    {
      bodyLimit: deps.limits.maxPayloadBytes,
      schema: {
        operationId: 'startRun',
        summary: 'Start a run and wait for its result',
        description:
          'Answers 200 with the result, or, once `wait` is over, 202 with `Location`. With an `Idempotency-Key` the same request again returns the original run.',
        tags: ['runs'],
        params,
        querystring: Type.Object({
          wait: Type.Optional(
            Type.String({ description: 'How long to wait, for instance 5s; default 30s, at most 5m' }),
          ),
          version: Type.Optional(Type.String({ maxLength: 64 })),
        }),
        headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String({ maxLength: 255 })) }),
        body: Type.Unknown({ description: 'Input of the flow' }),
        response: { 200: StartedRun, 202: StartedRun, ...errorResponses(400, 404, 409, 413, 415, 422, 500, 503) },
      },
    },
    async (request, reply) => {
      const { wait, version } = request.query;
      const waitMs = wait === undefined ? DEFAULT_WAIT_MS : parseDuration(wait);
      if (waitMs === undefined) throw new FlowError('INVALID_REQUEST', `wait=${wait} is no duration such as 5s`);
      const key = request.headers['idempotency-key'];
      const started = await startFlow(deps.start, {
        flowId: request.params.flowId,
        input: (request.body ?? {}) as Json,
        waitMs: Math.min(waitMs, MAX_WAIT_MS),
        ...(version === undefined ? {} : { version }),
        ...(key === undefined ? {} : { idempotencyKey: key }),
        ...callerOf(request.headers as { readonly [name: string]: unknown }),
      });
      return sendStarted(started, reply, 'envelope');
    },
  );

  app.get(
    '/flows',
    {
      schema: {
        operationId: 'listFlows',
        summary: 'List published flows',
        tags: ['flows'],
        response: { 200: Type.Object({ flows: Type.Array(FlowSummary) }), ...errorResponses(500) },
      },
    },
    async () => {
      const publications = await deps.store.definitions.publications();
      return {
        flows: deps.store.definitions.list().flatMap((flow) => {
          const publication = publications.get(flow.id);
          if (publication === undefined) return [];
          return {
            id: flow.id,
            ...(flow.title === undefined ? {} : { title: flow.title }),
            mode: flow.mode ?? 'durable',
            ...publication,
            triggers: [...(flow.triggers ?? [])],
          };
        }),
      };
    },
  );

  app.get(
    '/flows/:flowId',
    {
      schema: {
        operationId: 'getFlow',
        summary: 'The current definition of a flow',
        tags: ['flows'],
        params,
        response: { 200: Type.Unknown(), ...errorResponses(404) },
      },
    },
    async ({ params: { flowId } }) => found(deps, flowId),
  );

  app.get(
    '/flows/:flowId/openapi.json',
    {
      schema: {
        operationId: 'getFlowOpenApi',
        summary: 'OpenAPI 3.1 document of a flow',
        tags: ['flows'],
        params,
        response: { 200: Type.Unknown(), ...errorResponses(404) },
      },
    },
    async ({ params: { flowId } }) => flowOpenApi(found(deps, flowId)),
  );

  app.get(
    '/flows/:flowId/versions',
    {
      schema: {
        operationId: 'listVersions',
        summary: 'Versions of a flow, newest first',
        tags: ['flows'],
        params,
        response: { 200: Type.Object({ versions: Type.Array(VersionInfo) }), ...errorResponses(404) },
      },
    },
    async ({ params: { flowId } }) => {
      found(deps, flowId);
      return { versions: await deps.store.definitions.versionsOf(flowId) };
    },
  );

  app.get(
    '/flows/:flowId/versions/:version',
    {
      schema: {
        operationId: 'getVersion',
        summary: 'One version of a flow',
        tags: ['flows'],
        params: Type.Object({ flowId: Type.String({ maxLength: 64 }), version: Type.String({ maxLength: 64 }) }),
        response: { 200: Type.Unknown(), ...errorResponses(404) },
      },
    },
    async ({ params: { flowId, version } }) => {
      found(deps, flowId);
      const flow = await deps.store.definitions.definition(flowId, version);
      if (flow === undefined) throw new FlowError('VERSION_NOT_FOUND', `flow ${flowId} has no version ${version}`);
      return flow;
    },
  );

  app.post(
    '/flows/:flowId/versions',
    {
      bodyLimit: deps.limits.maxDefinitionBytes,
      schema: {
        operationId: 'publishFlow',
        summary: 'Publish a definition, or the flow’s draft, as the current version',
        tags: ['flows'],
        params,
        body: Type.Object({
          definition: Type.Optional(Type.Unknown({ description: 'Default: the draft' })),
          note: Type.Optional(Type.String({ maxLength: 2_000 })),
        }),
        response: {
          201: Type.Object({ version: VersionInfo, warnings: Type.Array(Problem) }),
          ...errorResponses(404, 409, 413, 422),
        },
      },
    },
    async (request, reply) => {
      const { flowId } = request.params;
      const definition = (request.body.definition ?? (await deps.store.definitions.draft(flowId))?.definition) as
        | Json
        | undefined;
      if (definition === undefined)
        throw new FlowError('DRAFT_NOT_FOUND', `there is no draft of ${flowId}; send the definition`);
      const { flow, problems } = deps.check(definition);
      if (flow === undefined)
        throw new FlowError('FLOW_INVALID', `${flowId} cannot be published: ${problems.length} problems`, {
          details: { problems: problems.map((problem) => ({ ...problem })) },
        });
      if (flow.id !== flowId)
        throw new FlowError('FLOW_INVALID', `the definition's id is ${flow.id}, the path says ${flowId}`, {
          details: { problems: [{ pointer: '/id', code: 'id', message: `must be ${flowId}` }] },
        });
      const conflict = deps.triggers.conflict(flow);
      if (conflict)
        throw new FlowError(
          'TRIGGER_CONFLICT',
          `flow ${conflict.flowId} already serves ${conflict.trigger.method} /open${conflict.trigger.path}`,
        );
      const version = await deps.store.definitions.publish(flow, {
        note: request.body.note ?? '',
        by: userOf(request),
      });
      return reply.code(201).send({ version, warnings: [...problems] });
    },
  );

  app.post(
    '/validate',
    {
      bodyLimit: deps.limits.maxDefinitionBytes,
      schema: {
        operationId: 'validateFlow',
        summary: 'All problems of a definition',
        tags: ['flows'],
        body: Type.Unknown(),
        response: {
          200: Type.Object({ ok: Type.Boolean(), problems: Type.Array(Problem) }),
          ...errorResponses(400, 413),
        },
      },
    },
    async (request) => {
      const { flow, problems } = deps.check(request.body as Json);
      return { ok: flow !== undefined, problems: [...problems] };
    },
  );
}

function found(deps: ApiDeps, flowId: string) {
  const flow = deps.store.definitions.currentFlow(flowId);
  if (flow === undefined) throw new FlowError('FLOW_NOT_FOUND', `no flow ${flowId} is published`);
  return flow;
}
