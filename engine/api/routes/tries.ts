import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { FlowError, type Json, type Problem } from '../../errors.ts';
import { OperationTried, Samples, TryRequest, TryResult } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import { HistoryView, shownEnds, stepViews } from '../history.ts';
import { errorResponses } from '../responses.ts';
import { DEFAULT_TRY_MS, soundFlow, tryOut } from '../try-out.ts';

/** Trying things out: a flow before it is published, one operation, and what the last run gave. */
export function tryRoutes(app: App, deps: ApiDeps): void {
  const stopping = new AbortController();
  app.addHook('preClose', async () => stopping.abort());

  app.post(
    '/try',
    {
      bodyLimit: deps.limits.maxDefinitionBytes + deps.limits.maxPayloadBytes,
      schema: {
        operationId: 'tryFlow',
        summary: 'Run a definition once, in memory, published or not',
        description:
          'Calls go to the real services, under idempotency keys of their own, except for nodes that a mock answers for. ' +
          'Time is put forward to the next timer when nothing else is under way; what `emit` publishes is left out. ' +
          'The try ends `waiting` at an event, a task or a sub-flow that has no mock.',
        tags: ['tries'],
        body: TryRequest,
        response: { 200: TryResult, ...errorResponses(400, 413, 422) },
      },
    },
    async (request) => {
      const { definition, input, mocks, timeoutMs } = request.body;
      const flow = soundFlow(deps, definition as Json);
      const { result } = await tryOut(deps, {
        flow,
        input: (input ?? {}) as Json,
        mocks: (mocks ?? {}) as never,
        timeoutMs: timeoutMs ?? DEFAULT_TRY_MS,
        signal: stopping.signal,
      });
      await deps.store.audit.write({
        actor: userOf(request),
        action: 'flow.try',
        subject: flow.id,
        details: { version: result.version, status: result.status, mocked: result.mocked },
      });
      return result;
    },
  );

  app.post(
    '/services/:serviceId/operations/:operationId/try',
    {
      bodyLimit: deps.limits.maxPayloadBytes,
      schema: {
        operationId: 'tryOperation',
        summary: 'Call an operation once, now, through its policy',
        description: 'What the service or its policy refuses is an answer too: `ok` is false.',
        tags: ['tries'],
        params: Type.Object({ serviceId: Type.String({ maxLength: 64 }), operationId: Type.String({ maxLength: 64 }) }),
        body: Type.Object({ input: Type.Optional(Type.Unknown()) }),
        response: { 200: OperationTried, ...errorResponses(400, 404, 413, 422) },
      },
    },
    async (request) => {
      const { serviceId: service, operationId: operation } = request.params;
      const idempotencyKey = `try-${randomUUID()}`;
      const startedAt = deps.now();
      let answer: OperationTried;
      try {
        const { output, durationMs } = await deps.invoker.invoke(
          { service, operation, input: (request.body.input ?? {}) as Json },
          { idempotencyKey, attempt: 1 },
        );
        answer = { ok: true, output, durationMs };
      } catch (error) {
        if (!(error instanceof FlowError)) throw error;
        if (['SERVICE_NOT_FOUND', 'OPERATION_NOT_FOUND', 'NOT_READY'].includes(error.code)) throw error;
        if (error.code === 'INPUT_INVALID') throw atInput(error);
        const { code, message, details } = error;
        answer = { ok: false, error: { code, message, details }, durationMs: deps.now() - startedAt };
      }
      await deps.store.audit.write({
        actor: userOf(request),
        action: 'operation.try',
        subject: `${service}.${operation}`,
        details: { idempotencyKey, ok: answer.ok, ...(answer.ok ? {} : { code: answer.error.code }) },
      });
      return answer;
    },
  );

  app.get(
    '/flows/:flowId/samples',
    {
      schema: {
        operationId: 'getSamples',
        summary: 'What the last finished run of a flow took and gave, masked like its history',
        tags: ['tries'],
        params: Type.Object({ flowId: Type.String({ maxLength: 64 }) }),
        response: { 200: Samples, ...errorResponses(404) },
      },
    },
    async ({ params: { flowId } }): Promise<Samples> => {
      const [last] = await deps.store.runs.list({ flowId, finished: true, limit: 1 });
      const found = last && (await deps.runtime.inspect(last.id));
      const flow = last && (await deps.store.definitions.definition(flowId, last.version));
      if (last === undefined || found === undefined || flow === undefined) return { steps: {} };
      const steps = stepViews(found.notes, new HistoryView(flow, found.run).note);
      const outputs = steps.flatMap(({ node, output }) => (output === undefined ? [] : [[node, output] as const]));
      return {
        runId: last.id,
        version: last.version,
        at: last.startedAt,
        input: shownEnds(found.run, flow).input,
        steps: Object.fromEntries(outputs),
      };
    },
  );
}

/** The same refusal with pointers into the request's body. */
function atInput(error: FlowError): FlowError {
  const problems = (error.details['problems'] ?? []) as readonly (Problem & { readonly [key: string]: Json })[];
  return new FlowError('INPUT_INVALID', error.message, {
    cause: error,
    details: { problems: problems.map((problem) => ({ ...problem, pointer: `/input${problem.pointer}` })) },
  });
}
