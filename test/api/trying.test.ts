import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type House, openHouse, read } from './house.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const lookup = {
  id: 'lookup',
  input: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
  start: 'customer',
  nodes: {
    customer: call('getCustomer', { id: read('input.id') }, { next: 'rich' }),
    rich: { type: 'choice', when: [{ if: { '==': [{ var: 'input.id' }, 'C1'] }, next: 'done' }], otherwise: 'none' },
    done: { type: 'end', outcome: 'known', output: { name: read('steps.customer.name') } },
    none: { type: 'end', outcome: 'unknown' },
  },
};

interface StepBody {
  readonly node: string;
  readonly status: string;
}
const steps = (body: { steps: StepBody[] }) => Object.fromEntries(body.steps.map(({ node, status }) => [node, status]));

test('a definition that nobody has published is run now, with real calls, and shown step by step', async () => {
  const { status, body } = await house.api.post('/try', { definition: lookup, input: { id: 'C1' } });
  expect([status, body.status, body.outcome, body.output, body.mocked]).toEqual([
    200,
    'completed',
    'known',
    { name: 'Customer C1' },
    [],
  ]);
  expect(body.steps).toMatchObject([
    { node: 'customer', status: 'completed', input: { id: 'C1' }, output: { name: 'Customer C1' }, attempts: 1 },
    { node: 'rich', status: 'completed', port: 'when:0' },
    { node: 'done', status: 'completed' },
  ]);
  expect(body.durationMs).toBeGreaterThanOrEqual(0);
  expect((await house.api.get(`/runs/${body.id}`)).body.code).toBe('RUN_NOT_FOUND');
  expect((await house.api.get('/flows/lookup')).status).toBe(404);
  expect((await house.api.get('/audit?limit=1')).body.entries[0]).toMatchObject({
    action: 'flow.try',
    subject: 'lookup',
  });
});

test('a mock answers in place of the service', async () => {
  const before = house.desk.received.length;
  const mocks = { customer: { output: { name: 'Mock' } } };
  const { body } = await house.api.post('/try', { definition: lookup, input: { id: 'C1' }, mocks });
  expect([body.output, body.mocked]).toEqual([{ name: 'Mock' }, ['customer']]);
  expect(house.desk.received.length).toBe(before);
});

test('a mocked error goes where the flow sends errors; one that may pass is tried again without the wait', async () => {
  const definition = {
    id: 'failing',
    start: 'pay',
    nodes: {
      pay: call(
        'pay',
        { amount: 1 },
        { retry: { attempts: 3, delay: '1h' }, onError: [{ code: 'SERVICE_UNAVAILABLE', next: 'sorry' }] },
      ),
      sorry: { type: 'end', outcome: 'sorry' },
    },
  };
  const mocks = { pay: { error: { code: 'SERVICE_UNAVAILABLE', message: 'closed' } } };
  const { body } = await house.api.post('/try', { definition, mocks });
  expect([body.status, body.outcome]).toEqual(['completed', 'sorry']);
  expect(body.steps[0]).toMatchObject({ status: 'failed', attempts: 3, error: { message: 'closed' } });
  expect(body.skipped.map(({ node, kind }: { node: string; kind: string }) => [node, kind])).toEqual([
    ['pay', 'timer'],
    ['pay', 'timer'],
  ]);
});

test('waiting is skipped, and the answer says how long it would have been', async () => {
  const definition = {
    id: 'patient',
    start: 'night',
    nodes: { night: { type: 'wait', for: '12h', next: 'ask' }, ask: call('echo', { a: 1 }) },
  };
  const { body } = await house.api.post('/try', { definition });
  expect([body.status, body.output]).toEqual(['completed', { a: 1 }]);
  expect(body.skipped).toMatchObject([{ node: 'night', kind: 'timer' }]);
  expect(body.skipped[0].ms).toBeGreaterThan(43_000_000);
  expect(body.durationMs).toBeLessThan(10_000);
});

test('of two timers the one that is due first fires first', async () => {
  const definition = {
    id: 'race',
    start: 'region',
    nodes: {
      region: {
        type: 'try',
        timeout: '1m',
        do: { start: 'long', nodes: { long: { type: 'wait', for: '1h' } } },
        catch: [{ code: 'SCOPE_TIMEOUT', next: 'late' }],
      },
      late: { type: 'end', outcome: 'late' },
    },
  };
  expect((await house.api.post('/try', { definition })).body.outcome).toBe('late');
});

test.each([
  { kind: 'event', node: { type: 'event', name: 'paid', timeout: '1h' } },
  { kind: 'task', node: { type: 'task', assignees: ['li'], title: 'Look', due: '1h' } },
  { kind: 'subflow', node: { type: 'subflow', flow: 'other' } },
])('a try ends waiting at a node of type $kind, unless a mock answers for it', async ({ kind, node }) => {
  const definition = { id: 'asks', start: 'wait', nodes: { wait: { ...node, next: 'end' }, end: { type: 'end' } } };
  const { body } = await house.api.post('/try', { definition });
  expect([body.status, body.waitingFor]).toEqual(['waiting', [{ id: '/wait#1', node: 'wait', kind }]]);
  const mocked = await house.api.post('/try', { definition, mocks: { wait: { output: { ok: true } } } });
  expect([mocked.body.status, mocked.body.mocked, mocked.body.waitingFor]).toEqual(['completed', ['wait'], []]);
  expect(mocked.body.steps[0]).toMatchObject({ node: 'wait', status: 'completed', output: { ok: true } });
  const failed = await house.api.post('/try', { definition, mocks: { wait: { error: { code: 'EVENT_TIMEOUT' } } } });
  expect([failed.body.status, failed.body.error]).toMatchObject(['failed', { code: 'EVENT_TIMEOUT', node: 'wait' }]);
});

test('what other branches do is done before a try ends waiting', async () => {
  const definition = {
    id: 'forks',
    start: 'fork',
    nodes: {
      fork: {
        type: 'parallel',
        branches: {
          a: { start: 'ask', nodes: { ask: { type: 'event', name: 'x' } } },
          b: { start: 'nap', nodes: { nap: { type: 'wait', for: '1h', next: 'say' }, say: call('echo', {}) } },
        },
      },
    },
  };
  const { body } = await house.api.post('/try', { definition });
  expect([body.status, steps(body)]).toEqual([
    'waiting',
    { fork: 'running', ask: 'running', nap: 'completed', say: 'completed' },
  ]);
});

test('what was called is undone for real, what was mocked is not', async () => {
  const saga = (node: string, next?: string) =>
    call(
      'pay',
      { from: node },
      { compensate: { operation: 'refund', input: { of: node } }, ...(next ? { next } : {}) },
    );
  const definition = {
    id: 'undoes',
    start: 'real',
    nodes: { real: saga('real', 'mock'), mock: saga('mock', 'no'), no: { type: 'fail', code: 'NO', message: 'no' } },
  };
  const before = house.desk.received.length;
  const { body } = await house.api.post('/try', { definition, mocks: { mock: { output: {} } } });
  expect([body.status, steps(body)]).toMatchObject(['compensated', { real: 'undone', mock: 'undone' }]);
  expect(house.desk.received.slice(before).map(({ path, body: sent }) => [path, sent])).toEqual([
    ['/pay', { from: 'real' }],
    ['/refund', { of: 'real' }],
  ]);
});

test('each try calls under keys of its own, and publishes nothing', async () => {
  const definition = {
    id: 'tells',
    start: 'pay',
    nodes: { pay: call('pay', { amount: 5 }, { next: 'tell' }), tell: { type: 'emit', topic: 'paid', payload: {} } },
  };
  const before = house.desk.received.length;
  const first = await house.api.post('/try', { definition });
  await house.api.post('/try', { definition });
  const keys = house.desk.received.slice(before).map(({ idempotencyKey }) => idempotencyKey);
  expect(new Set(keys).size).toBe(2);
  expect(first.body.skipped).toEqual([{ id: '/tell#1', node: 'tell', kind: 'emit' }]);
});

test('a try that takes too long is stopped', async () => {
  const release = house.desk.hold();
  const definition = { id: 'slow', start: 'slow', nodes: { slow: call('slow', {}) } };
  const { body } = await house.api.post('/try', { definition, timeoutMs: 50 });
  release();
  expect([body.status, body.reason, steps(body)]).toEqual(['cancelled', 'the try took 50 ms', { slow: 'cancelled' }]);
});

test('what the flow calls sensitive is masked, and what it responds is shown', async () => {
  const definition = {
    id: 'discreet',
    sensitive: ['/input/card'],
    start: 'echo',
    nodes: {
      echo: call('echo', { card: read('input.card') }, { next: 'answer' }),
      answer: { type: 'respond', status: 201, body: { card: read('input.card'), ok: true } },
    },
  };
  const { body } = await house.api.post('/try', { definition, input: { card: '6222000011112222' } });
  expect(body.response).toEqual({ status: 201, body: { card: '***', ok: true } });
  expect(JSON.stringify(body)).not.toContain('6222000011112222');
});

test.each([
  { name: 'a definition with errors', body: { definition: { id: 'x' } }, code: 'FLOW_INVALID', pointer: '' },
  {
    name: 'an input that does not fit',
    body: { definition: lookup, input: {} },
    code: 'INPUT_INVALID',
    pointer: '/input',
  },
])('$name is refused with its problems', async ({ body, code, pointer }) => {
  const reply = await house.api.post('/try', body as never);
  expect([reply.status, reply.body.code]).toEqual([422, code]);
  expect(reply.body.problems[0].pointer.startsWith(pointer)).toBe(true);
});

test('more time than two minutes is not given', async () => {
  expect((await house.api.post('/try', { definition: lookup, timeoutMs: 120_001 })).body.code).toBe('INVALID_REQUEST');
});

test('an operation is called once, now, and the call is audited', async () => {
  const { status, body } = await house.api.post(
    '/services/desk/operations/getCustomer/try',
    { input: { id: 'C7' } },
    { 'heddle-user': encodeURIComponent('李雷') },
  );
  expect([status, body.ok, body.output]).toEqual([200, true, { id: 'C7', name: 'Customer C7' }]);
  expect(body.durationMs).toBeGreaterThan(0);
  expect((await house.api.get('/audit?limit=1')).body.entries[0]).toMatchObject({
    actor: '李雷',
    action: 'operation.try',
    subject: 'desk.getCustomer',
    details: { ok: true },
  });
});

test('what the service refuses is an answer too', async () => {
  const { status, body } = await house.api.post('/services/desk/operations/broken/try', { input: {} });
  expect([status, body]).toMatchObject([
    200,
    { ok: false, error: { code: 'SERVICE_ERROR', details: { status: 500 } } },
  ]);
});

test.each([
  { path: '/services/none/operations/x/try', status: 404, code: 'SERVICE_NOT_FOUND', pointers: undefined },
  { path: '/services/desk/operations/x/try', status: 404, code: 'OPERATION_NOT_FOUND', pointers: undefined },
  { path: '/services/desk/operations/getCustomer/try', status: 422, code: 'INPUT_INVALID', pointers: ['/input'] },
])('$path with an empty input is refused with $code', async ({ path, status, code, pointers }) => {
  const reply = await house.api.post(path, { input: {} });
  expect([reply.status, reply.body.code]).toEqual([status, code]);
  expect(reply.body.problems?.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
});

test('the last finished run of a flow gives samples of what its nodes get and answer', async () => {
  await house.publish({ ...lookup, id: 'sampled', sensitive: ['/steps/customer/name'] });
  expect((await house.api.get('/flows/sampled/samples')).body).toEqual({ steps: {} });
  const { body: started } = await house.api.post('/flows/sampled', { id: 'C1' });
  const { body } = await house.api.get('/flows/sampled/samples');
  expect(body).toMatchObject({
    runId: started.runId,
    input: { id: 'C1' },
    steps: { customer: { id: 'C1', name: '***' }, done: { name: '***' } },
  });
});
