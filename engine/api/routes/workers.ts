import Type from 'typebox';
import type { Json } from '../../errors.ts';
import { WorkerJob } from '../contract.ts';
import type { ApiDeps, App } from '../deps.ts';
import { errorResponses } from '../responses.ts';

const DEFAULT_LEASE_MS = 30_000;
const DEFAULT_WAIT_MS = 20_000;

const leaseMs = Type.Optional(
  Type.Integer({ minimum: 100, maximum: 3_600_000, default: DEFAULT_LEASE_MS, description: 'ms' }),
);
const params = Type.Object({ jobId: Type.String({ maxLength: 64 }) });
const token = Type.String({ maxLength: 64, description: 'As the job was given with' });
const closed = { additionalProperties: false };

/** Workers in any language: they take jobs by long poll, extend their lease while they work, and answer. */
export function workerRoutes(app: App, deps: ApiDeps): void {
  const { workers } = deps;
  app.addHook('preClose', (done) => {
    workers.close();
    done();
  });

  app.post(
    '/worker-jobs/take',
    {
      schema: {
        operationId: 'takeJobs',
        summary: 'Take jobs, waiting until there are some',
        description:
          'Answers at once when there are jobs, and with an empty list when `waitMs` is over. A job is leased: extend the ' +
          'lease while you work on it. When the lease runs out the call fails as one whose outcome is unknown, and comes ' +
          'again, with the same `idempotencyKey`, only if its operation may be repeated.',
        tags: ['workers'],
        body: Type.Object(
          {
            queues: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 100 }),
            operations: Type.Optional(Type.Array(Type.String(), { description: 'Default: every one' })),
            max: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 1 })),
            waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000, default: DEFAULT_WAIT_MS })),
            leaseMs,
          },
          closed,
        ),
        response: { 200: Type.Object({ jobs: Type.Array(WorkerJob) }), ...errorResponses(400, 503) },
      },
    },
    async (request, reply) => {
      const { queues, operations, max = 1, waitMs = DEFAULT_WAIT_MS, leaseMs: lease = DEFAULT_LEASE_MS } = request.body;
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const jobs = await workers.take({
        queues,
        max,
        waitMs,
        leaseMs: lease,
        signal: gone.signal,
        ...(operations && { operations }),
      });
      // Given to somebody who has hung up meanwhile: nobody has them, so nothing was done.
      if (gone.signal.aborted)
        for (const { id, token: held } of jobs)
          workers.fail(id, held, { reason: 'unavailable', message: 'the worker that asked for it has gone' });
      return { jobs: jobs as never[] };
    },
  );

  app.post(
    '/worker-jobs/:jobId/extend',
    {
      schema: {
        operationId: 'extendJob',
        summary: 'Keep a job: the lease begins anew',
        tags: ['workers'],
        params,
        body: Type.Object({ token, leaseMs }, closed),
        response: { 204: Type.Null(), ...errorResponses(400, 409) },
      },
    },
    async ({ params: { jobId }, body }, reply) => {
      workers.extend(jobId, body.token, body.leaseMs ?? DEFAULT_LEASE_MS);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/worker-jobs/:jobId/complete',
    {
      bodyLimit: deps.limits.maxResponseBytes + 1_024,
      schema: {
        operationId: 'completeJob',
        summary: 'Answer a job',
        description: '`output` is checked against the response schema of the operation, as any service’s answer is.',
        tags: ['workers'],
        params,
        body: Type.Object({ token, output: Type.Optional(Type.Unknown()) }, closed),
        response: { 204: Type.Null(), ...errorResponses(400, 409, 413) },
      },
    },
    async ({ params: { jobId }, body }, reply) => {
      workers.complete(jobId, body.token, (body.output ?? null) as Json);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/worker-jobs/:jobId/fail',
    {
      schema: {
        operationId: 'failJob',
        summary: 'Say that a job cannot be done, and whether anything was done',
        tags: ['workers'],
        params,
        body: Type.Object(
          {
            token,
            reason: Type.Enum(['rejected', 'unavailable', 'failed'], {
              description:
                '`rejected`: I will not, and did nothing. `unavailable`: not now, and I did nothing. `failed`: I broke, and may have done something.',
            }),
            message: Type.String({ minLength: 1, maxLength: 2_000 }),
            retryAfterMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 })),
            details: Type.Optional(Type.Unknown({ description: 'Visible to flows as `error.details.body`' })),
          },
          closed,
        ),
        response: { 204: Type.Null(), ...errorResponses(400, 409) },
      },
    },
    async ({ params: { jobId }, body: { token: held, details, ...failure } }, reply) => {
      workers.fail(jobId, held, { ...failure, ...(details !== undefined && { details: details as Json }) });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/worker-jobs',
    {
      schema: {
        operationId: 'workerQueues',
        summary: 'Jobs that wait and jobs that are leased, by queue',
        tags: ['workers'],
        response: {
          200: Type.Object({
            queues: Type.Array(Type.Object({ queue: Type.String(), waiting: Type.Integer(), leased: Type.Integer() })),
          }),
          ...errorResponses(500),
        },
      },
    },
    async () => ({ queues: [...workers.figures()] }),
  );
}
