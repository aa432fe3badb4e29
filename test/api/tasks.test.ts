import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse, read } from './house.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
  await house.publish({
    id: 'loan',
    start: 'review',
    nodes: {
      review: {
        type: 'task',
        title: { en: 'Review', zh: '复核' },
        assignees: ['li', 'wu', 'he'],
        need: 2,
        data: { amount: read('input.amount') },
        form: { type: 'object', required: ['comment'], properties: { comment: { type: 'string' } } },
        actions: [{ id: 'approve' }, { id: 'reject' }],
      },
    },
  });
});
afterAll(() => house.close());

const as = (user: string) => ({ 'heddle-user': user });
const answer = (taskId: string, user: string, action: string, data: { comment?: string } = { comment: 'fine' }) =>
  house.api.post(`/tasks/${taskId}/complete`, { action, data }, as(user));

async function openTask() {
  const { runId } = (await house.api.post('/flows/loan?wait=0ms', { amount: 7 })).body;
  const [task] = (await house.api.get(`/tasks?run=${runId}`)).body.tasks;
  return { runId, taskId: task.id as string };
}

test('a task says what it is about and who may answer', async () => {
  const { taskId, runId } = await openTask();
  expect((await house.api.get(`/tasks/${taskId}`)).body).toMatchObject({
    runId,
    flowId: 'loan',
    node: 'review',
    status: 'open',
    data: { amount: 7 },
    assignees: ['li', 'wu', 'he'],
  });
});

test('tasks are listed page by page, and by status', async () => {
  await openTask();
  await openTask();
  const { body } = await house.api.get('/tasks?status=open&limit=1');
  const second = (await house.api.get(`/tasks?status=open&limit=1&after=${body.next}`)).body.tasks;
  expect(second[0].id > body.tasks[0].id).toBe(true);
  expect((await house.api.get('/tasks?status=happy')).status).toBe(400);
});

test('an inbox holds what a person may answer, what they have claimed, and what is done, the newest first', async () => {
  const mine = await openTask();
  const list = async (query: string) =>
    (await house.api.get(`/tasks?limit=200&${query}`)).body.tasks.map(({ id }: { id: string }) => id);
  expect(await list('status=open&user=li')).toContain(mine.taskId);
  for (const stranger of ['zhao', 'l', '%', 'l_', '"li"']) {
    expect(await list(`status=open&user=${encodeURIComponent(stranger)}`)).not.toContain(mine.taskId);
  }
  await house.api.post(`/tasks/${mine.taskId}/claim`, undefined, as('li'));
  expect(await list('claimedBy=li')).toEqual([mine.taskId]);
  expect(await list('claimedBy=wu')).toEqual([]);
  const oldest = await list('');
  expect(await list('order=newest')).toEqual(oldest.reverse());
  const { body } = await house.api.get('/tasks?order=newest&limit=1');
  expect((await list(`order=newest&after=${body.next}`))[0]).toBe(oldest[1]);
  await house.api.post(`/tasks/${mine.taskId}/release`, undefined, as('li'));
});

test('the run goes on once enough different people have chosen the same action', async () => {
  const { runId, taskId } = await openTask();
  expect((await answer(taskId, 'li', 'approve')).status).toBe(202);
  expect((await house.api.get(`/tasks/${taskId}`)).body).toMatchObject({
    status: 'open',
    responses: [{ by: 'li', action: 'approve' }],
  });
  expect((await answer(taskId, 'wu', 'approve')).status).toBe(202);
  await house.reaches(runId, 'completed');
  expect((await house.api.get(`/runs/${runId}`)).body.output).toMatchObject({ action: 'approve' });
  expect((await house.api.get(`/tasks/${taskId}`)).body).toMatchObject({
    status: 'closed',
    responses: [
      { by: 'li', action: 'approve', data: { comment: 'fine' } },
      { by: 'wu', action: 'approve' },
    ],
  });
});

test('everyone answers once', async () => {
  const { taskId } = await openTask();
  await answer(taskId, 'li', 'approve');
  const { status, body } = await answer(taskId, 'li', 'approve');
  expect([status, body.code]).toEqual([409, 'TASK_CLOSED']);
});

test('one person’s double click is one answer', async () => {
  const { runId, taskId } = await openTask();
  const replies = await Promise.all([1, 2, 3, 4].map(() => answer(taskId, 'li', 'approve')));
  expect(replies.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409]);
  expect((await house.api.get(`/runs/${runId}`)).body.status).toBe('waiting');
});

test('a closed task takes no more answers', async () => {
  const { runId, taskId } = await openTask();
  expect((await answer(taskId, 'he', 'reject')).status).toBe(202);
  await house.reaches(runId, 'completed');
  const { status, body } = await answer(taskId, 'li', 'approve');
  expect([status, body.code]).toEqual([409, 'TASK_CLOSED']);
});

test.each([
  {
    name: 'an action that the task does not have',
    user: 'li',
    action: 'sing',
    data: { comment: '' },
    code: 'INPUT_INVALID',
  },
  { name: 'data that does not fit the form', user: 'li', action: 'approve', data: {}, code: 'INPUT_INVALID' },
  { name: 'somebody who is not asked', user: 'zhao', action: 'approve', data: { comment: '' }, code: 'FORBIDDEN' },
])('$name is refused and nothing is recorded', async ({ user, action, data, code }) => {
  const { taskId } = await openTask();
  expect((await answer(taskId, user, action, data)).body.code).toBe(code);
  expect((await house.api.get(`/tasks/${taskId}`)).body.responses).toEqual([]);
});

test('a claimed task is answered by whoever has claimed it, until it is given back', async () => {
  const { taskId } = await openTask();
  const claim = (user: string) => house.api.post(`/tasks/${taskId}/claim`, undefined, as(user));
  expect((await claim('li')).body).toMatchObject({ status: 'claimed', claimedBy: 'li' });
  expect((await claim('li')).status).toBe(200);
  expect((await claim('wu')).body.code).toBe('TASK_CLAIMED');
  expect((await answer(taskId, 'wu', 'approve')).body.code).toBe('TASK_CLAIMED');
  expect((await house.api.post(`/tasks/${taskId}/release`, undefined, as('wu'))).body.status).toBe('claimed');
  expect((await house.api.post(`/tasks/${taskId}/release`, undefined, as('li'))).body.status).toBe('open');
  expect((await claim('wu')).status).toBe(200);
});

test('the task of a cancelled run takes no more answers', async () => {
  const { runId, taskId } = await openTask();
  await house.api.post(`/runs/${runId}/cancel`);
  await house.reaches(runId, 'cancelled');
  expect((await answer(taskId, 'li', 'approve')).body.code).toBe('TASK_CLOSED');
  expect((await house.api.post(`/tasks/${taskId}/claim`, undefined, as('li'))).body.code).toBe('TASK_CLOSED');
});

test('a task that nobody made is answered 404', async () => {
  expect((await house.api.get('/tasks/none')).body.code).toBe('TASK_NOT_FOUND');
  expect((await house.api.post('/tasks/none/claim')).body.code).toBe('TASK_NOT_FOUND');
  expect((await answer('none', 'li', 'approve')).body.code).toBe('TASK_NOT_FOUND');
});
