import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { FlowError, type Json } from '../../errors.ts';
import type { SignalResult } from '../../runtime/runtime.ts';
import { Accepted, RunDetail, RunPage, RunStatus } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import { LiveStreams } from '../live.ts';
import { errorResponses } from '../responses.ts';
import { runDetail } from '../run-detail.ts';

const params = Type.Object({ runId: Type.String({ maxLength: 400 }) });
const Reason = Type.Optional(Type.Object({ reason: Type.Optional(Type.String({ maxLength: 2_000 })) }));

/** Runs: list, look into, and act on. */
export function runRoutes(app: App, deps: ApiDeps): void {
  const streams = new LiveStreams(deps);
  app.addHook('preClose', async () => streams.close());

  app.get(
    '/runs',
    {
      schema: {
        operationId: 'listRuns',
        summary: 'List runs, newest first',
        tags: ['runs'],
        querystring: Type.Object({
          flow: Type.Optional(Type.String()),
          status: Type.Optional(RunStatus),
          businessKey: Type.Optional(Type.String()),
          parent: Type.Optional(Type.String({ description: 'Runs that this run started as sub-flows' })),
          startedAfter: Type.Optional(Type.Integer({ description: 'Epoch ms' })),
          startedBefore: Type.Optional(Type.Integer({ description: 'Epoch ms' })),
          before: Type.Optional(Type.String({ description: '`next` of another page: the runs that are older' })),
          after: Type.Optional(Type.String({ description: '`previous` of another page: the runs that are newer' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
        }),
        response: { 200: RunPage, ...errorResponses(400) },
      },
    },
    async ({ query: { flow, parent, limit = 50, ...filter } }) => {
      const runs = await deps.store.runs.list({
        ...filter,
        limit,
        ...(flow === undefined ? {} : { flowId: flow }),
        ...(parent === undefined ? {} : { parentRun: parent }),
      });
      const isFull = runs.length === limit;
      const older = isFull || filter.after !== undefined ? runs.at(-1)?.id : undefined;
      const newer = filter.before !== undefined || (filter.after !== undefined && isFull) ? runs[0]?.id : undefined;
      return {
        runs: runs as never[],
        ...(older === undefined ? {} : { next: older }),
        ...(newer === undefined ? {} : { previous: newer }),
      };
    },
  );

  app.get(
    '/runs/:runId',
    {
      schema: {
        operationId: 'getRun',
        summary: 'One run with its history',
        tags: ['runs'],
        params,
        response: { 200: RunDetail, ...errorResponses(404) },
      },
    },
    async ({ params: { runId } }) => {
      const [summary, found] = await Promise.all([deps.store.runs.get(runId), deps.runtime.inspect(runId)]);
      const flow = summary && (await deps.store.definitions.definition(summary.flowId, summary.version));
      if (summary === undefined || found === undefined || flow === undefined)
        throw new FlowError('RUN_NOT_FOUND', `no run ${runId}`);
      return { ...summary, ...runDetail(flow, found.run, found.notes) };
    },
  );

  app.get(
    '/runs/:runId/journal',
    {
      schema: {
        operationId: 'getJournal',
        summary: 'What a run took, event by event, for a replay',
        tags: ['runs'],
        params,
        response: {
          200: Type.Object({ flow: Type.Unknown(), status: RunStatus, journal: Type.Unknown() }),
          ...errorResponses(404),
        },
      },
    },
    async ({ params: { runId } }) => {
      const found = await deps.runtime.journal(runId);
      const flow = found && (await deps.store.definitions.definition(found.flowId, found.version));
      if (found === undefined || flow === undefined) throw new FlowError('RUN_NOT_FOUND', `no run ${runId}`);
      return { flow, status: found.status as 'running', journal: { start: found.start, events: found.events } };
    },
  );

  app.get(
    '/runs/:runId/events',
    {
      schema: {
        operationId: 'watchRun',
        summary: 'History lines of a run, live, as server-sent events',
        tags: ['runs'],
        params,
        response: {
          200: {
            description: 'A stream of history lines',
            content: { 'text/event-stream': { schema: Type.String() } },
          },
          ...errorResponses(404),
        },
      },
    },
    (request, reply) => streams.open(request.params.runId, reply),
  );

  const act = (
    name: string,
    summary: string,
    body: ReturnType<typeof Type.Optional>,
    work: (runId: string, body: { readonly [key: string]: unknown }, user: string) => Promise<SignalResult>,
  ) => {
    app.post(
      `/runs/:runId/${name}`,
      {
        schema: {
          operationId: `${name}Run`,
          summary,
          tags: ['runs'],
          params,
          body,
          response: { 202: Accepted, ...errorResponses(404, 409, 422) },
        },
        // Fastify checks a body that is not there against its schema, optional or not.
        preValidation: async (request) => {
          request.body ??= {};
        },
      },
      async (request, reply) => {
        const { runId } = request.params as { runId: string };
        const user = userOf(request);
        const result = await work(runId, (request.body ?? {}) as { readonly [key: string]: unknown }, user);
        const answer = accepted(result, runId);
        await deps.store.audit.write({
          actor: user,
          action: `run.${name}`,
          subject: runId,
          details: (request.body ?? {}) as { [key: string]: Json },
        });
        return reply.code(202).send(answer);
      },
    );
  };
  const reasonOf = (body: { readonly [key: string]: unknown }, user: string) =>
    typeof body['reason'] === 'string' ? body['reason'] : `requested by ${user}`;
  act('cancel', 'Stop a run and undo what it has done', Reason, (runId, body, user) =>
    deps.runtime.cancel(runId, reasonOf(body, user)),
  );
  act('terminate', 'Stop a run and undo nothing', Reason, (runId, body, user) =>
    deps.runtime.terminate(runId, reasonOf(body, user)),
  );
  act('suspend', 'Hold a run', Reason, (runId) => deps.runtime.suspend(runId));
  act('resume', 'Let a held run, or one that needs an operator, go on', Reason, async (runId) => {
    const summary = await deps.store.runs.get(runId);
    return summary?.status === 'needs-operator' ? deps.runtime.retry(runId) : deps.runtime.resume(runId);
  });
  act(
    'retry',
    'Try a failed run or step again, or say what became of a call whose outcome is unknown',
    Type.Optional(
      Type.Object({
        effectId: Type.Optional(Type.String({ description: 'One step; default: all that wait for an operator' })),
        decision: Type.Optional(Type.Enum(['retry', 'succeeded', 'failed'], { default: 'retry' })),
        output: Type.Optional(
          Type.Unknown({ description: 'With `succeeded`: the answer that the service would have given' }),
        ),
      }),
    ),
    (runId, body) =>
      deps.runtime.retry(runId, {
        decision: (body['decision'] as 'retry' | 'succeeded' | 'failed' | undefined) ?? 'retry',
        ...(typeof body['effectId'] === 'string' ? { effectId: body['effectId'] } : {}),
        ...(body['output'] === undefined ? {} : { output: body['output'] as Json }),
      }),
  );

  app.post(
    '/runs/:runId/signals/:name',
    {
      bodyLimit: deps.limits.maxPayloadBytes,
      schema: {
        operationId: 'signalRun',
        summary: 'Send a run an event',
        description:
          'Kept if the run does not wait for it yet and its flow says so; refused with 409 if no step of the flow takes it.',
        tags: ['runs'],
        params: Type.Object({ ...params.properties, name: Type.String({ maxLength: 100 }) }),
        querystring: Type.Object({ correlation: Type.Optional(Type.String()) }),
        headers: Type.Object({
          'idempotency-key': Type.Optional(
            Type.String({ maxLength: 255, description: 'The same key again is taken once' }),
          ),
        }),
        body: Type.Unknown(),
        response: { 202: Accepted, ...errorResponses(404, 409, 413) },
      },
    },
    async (request, reply) => {
      const { runId, name } = request.params;
      const { correlation } = request.query;
      const result = await deps.runtime.signal(runId, {
        name,
        payload: (request.body ?? null) as Json,
        dedupeId: request.headers['idempotency-key'] ?? randomUUID(),
        ...(correlation === undefined ? {} : { correlation }),
      });
      return reply.code(202).send(accepted(result, runId));
    },
  );

  app.post(
    '/events/:name',
    {
      bodyLimit: deps.limits.maxPayloadBytes,
      schema: {
        operationId: 'publishEvent',
        summary: 'Hand an event to the run that waits for it, by correlation; it is kept until one does',
        tags: ['runs'],
        params: Type.Object({ name: Type.String({ maxLength: 100 }) }),
        body: Type.Object({
          id: Type.String({ minLength: 1, maxLength: 255, description: 'The same id again is taken once' }),
          correlation: Type.Optional(Type.Unknown()),
          payload: Type.Optional(Type.Unknown()),
        }),
        response: {
          202: Type.Object({ result: Type.Enum(['delivered', 'kept', 'duplicate']) }),
          ...errorResponses(400, 413),
        },
      },
    },
    async (request, reply) => {
      const { id, correlation, payload } = request.body;
      const result = await deps.runtime.publish({
        name: request.params.name,
        id,
        payload: (payload ?? null) as Json,
        ...(correlation === undefined ? {} : { correlation: correlation as Json }),
      });
      return reply.code(202).send({ result });
    },
  );
}

/** @throws {FlowError} `RUN_NOT_FOUND`, `RUN_FINISHED`, `RUN_NOT_WAITING`: the run is as it was. */
function accepted(result: SignalResult, runId: string): { result: 'accepted' | 'duplicate' } {
  switch (result) {
    case 'accepted':
    case 'duplicate':
      return { result };
    case 'unknown':
      throw new FlowError('RUN_NOT_FOUND', `no run ${runId}`);
    case 'finished':
      throw new FlowError('RUN_FINISHED', `run ${runId} has ended`);
    case 'refused':
      throw new FlowError('RUN_NOT_WAITING', `run ${runId} does not wait for this, and no step of its flow keeps it`);
    default:
      return result satisfies never;
  }
}
