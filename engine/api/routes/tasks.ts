import Type from 'typebox';
import { FlowError, type Json } from '../../errors.ts';
import { compileSchema, type JsonSchema } from '../../services/index.ts';
import type { Task as StoredTask } from '../../store/store.ts';
import { Accepted, Task } from '../contract.ts';
import { type ApiDeps, type App, userOf } from '../deps.ts';
import { errorResponses } from '../responses.ts';

const params = Type.Object({ taskId: Type.String({ maxLength: 500 }) });

/** Human tasks: list, claim, complete. */
export function taskRoutes(app: App, deps: ApiDeps): void {
  const { tasks } = deps.store;

  app.get(
    '/tasks',
    {
      schema: {
        operationId: 'listTasks',
        summary: 'List tasks',
        tags: ['tasks'],
        querystring: Type.Object({
          status: Type.Optional(Type.Enum(['open', 'claimed', 'closed', 'cancelled'])),
          run: Type.Optional(Type.String()),
          user: Type.Optional(Type.String({ description: 'Tasks that this person may answer' })),
          claimedBy: Type.Optional(Type.String()),
          order: Type.Optional(Type.Enum(['oldest', 'newest'], { default: 'oldest' })),
          after: Type.Optional(Type.String()),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
        }),
        response: {
          200: Type.Object({ tasks: Type.Array(Task), next: Type.Optional(Type.String()) }),
          ...errorResponses(400),
        },
      },
    },
    async ({ query: { run, order, limit = 50, ...filter } }) => {
      const found = await tasks.list({
        ...filter,
        limit,
        newestFirst: order === 'newest',
        ...(run === undefined ? {} : { runId: run }),
      });
      const last = found.length === limit ? found.at(-1)?.id : undefined;
      return { tasks: found as never[], ...(last === undefined ? {} : { next: last }) };
    },
  );

  app.get(
    '/tasks/:taskId',
    {
      schema: {
        operationId: 'getTask',
        summary: 'One task',
        tags: ['tasks'],
        params,
        response: { 200: Task, ...errorResponses(404) },
      },
    },
    async ({ params: { taskId } }) => (await tasks.get(taskId)) as never,
  );

  app.post(
    '/tasks/:taskId/claim',
    {
      schema: {
        operationId: 'claimTask',
        summary: 'Reserve a task for yourself',
        tags: ['tasks'],
        params,
        response: { 200: Task, ...errorResponses(404, 409) },
      },
    },
    async (request) => (await tasks.claim(request.params.taskId, userOf(request))) as never,
  );

  app.post(
    '/tasks/:taskId/release',
    {
      schema: {
        operationId: 'releaseTask',
        summary: 'Give a reserved task back',
        tags: ['tasks'],
        params,
        response: { 200: Task, ...errorResponses(404) },
      },
    },
    async (request) => (await tasks.release(request.params.taskId, userOf(request))) as never,
  );

  app.post(
    '/tasks/:taskId/complete',
    {
      bodyLimit: deps.limits.maxPayloadBytes,
      schema: {
        operationId: 'completeTask',
        summary: 'Choose an action of a task',
        description: 'Everyone answers once. The task closes when enough people have chosen the same action.',
        tags: ['tasks'],
        params,
        body: Type.Object({ action: Type.String(), data: Type.Optional(Type.Unknown()) }),
        response: { 202: Accepted, ...errorResponses(404, 409, 422) },
      },
    },
    async (request, reply) => {
      const task = await tasks.get(request.params.taskId);
      const user = userOf(request);
      const data = (request.body.data ?? null) as Json;
      refuse(task, user, request.body.action, data);
      const result = await deps.runtime.act(task.runId, {
        effectId: task.effectId,
        action: request.body.action,
        data,
        by: user,
      });
      if (result === 'duplicate')
        throw new FlowError('TASK_CLOSED', `${user} has answered task ${task.id} already; everyone answers once`);
      if (result !== 'accepted') throw new FlowError('TASK_CLOSED', `task ${task.id} is closed`);
      await deps.store.audit.write({
        actor: user,
        action: 'task.complete',
        subject: task.id,
        details: { action: request.body.action },
      });
      return reply.code(202).send({ result });
    },
  );
}

/** @throws {FlowError} `TASK_CLOSED`, `TASK_CLAIMED`, `FORBIDDEN`, `INPUT_INVALID`: nothing was recorded. */
function refuse(task: StoredTask, user: string, action: string, data: Json): void {
  if (task.status === 'closed' || task.status === 'cancelled')
    throw new FlowError('TASK_CLOSED', `task ${task.id} is ${task.status}`);
  if (task.status === 'claimed' && task.claimedBy !== user)
    throw new FlowError('TASK_CLAIMED', `task ${task.id} is claimed by ${task.claimedBy ?? 'somebody'}`);
  if (task.assignees.length > 0 && task.groups.length === 0 && !task.assignees.includes(user))
    throw new FlowError('FORBIDDEN', `task ${task.id} is for ${task.assignees.join(', ')}`);
  if (!task.actions.some((candidate) => candidate.id === action)) {
    throw new FlowError(
      'INPUT_INVALID',
      `task ${task.id} has no action ${action}; it has ${task.actions.map(({ id }) => id).join(', ')}`,
    );
  }
  if (task.form === undefined) return;
  const form = compileSchema(task.form as JsonSchema);
  if (form.ok && !form.validator.check(data)) {
    throw new FlowError('INPUT_INVALID', 'the data does not fit the form', {
      details: {
        problems: form.validator
          .problems(data, 'INPUT_INVALID')
          .map((problem) => ({ ...problem, pointer: `/data${problem.pointer}` })),
      },
    });
  }
}
