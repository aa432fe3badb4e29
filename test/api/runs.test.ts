import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type House, openHouse, read } from './house.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
  await house.publish({
    id: 'order',
    businessKey: read('input.orderId'),
    sensitive: ['/input/cardNumber', '/steps/pay/paymentId'],
    output: { paid: read('steps.pay.paymentId'), note: read('steps.paid.note') },
    start: 'pay',
    nodes: {
      pay: call(
        'pay',
        { amount: read('input.amount'), cardNumber: read('input.cardNumber') },
        { compensate: { operation: 'refund', input: { id: read('steps.pay.paymentId') } }, next: 'paid' },
      ),
      paid: { type: 'event', name: 'paid', next: 'done' },
      done: { type: 'end' },
    },
  });
  await house.publish({ id: 'plain', start: 'echo', nodes: { echo: call('echo', { n: read('input.n') }) } });
});
afterAll(() => house.close());

let orders = 0;
async function startOrder() {
  orders += 1;
  const { body } = await house.api.post('/flows/order?wait=0ms', {
    orderId: `O-${orders}`,
    amount: 100,
    cardNumber: '6222000011112222',
  });
  await house.reaches(body.runId, 'waiting');
  return body.runId as string;
}

test('pages follow each other without a gap or a repeat, newest first', async () => {
  const started: string[] = [];
  for (let n = 0; n < 7; n += 1) started.push((await house.api.post('/flows/plain', { n })).body.runId);
  const seen: string[] = [];
  let next: string | undefined;
  do {
    const { body } = await house.api.get(`/runs?flow=plain&limit=3${next === undefined ? '' : `&before=${next}`}`);
    seen.push(...body.runs.map((run: { id: string }) => run.id));
    next = body.next;
  } while (next !== undefined);
  expect(new Set(seen)).toEqual(new Set(started));
  expect(seen).toEqual([...seen].sort().reverse());
});

test('runs are found by status, business key and time', async () => {
  const runId = await startOrder();
  const { body: detail } = await house.api.get(`/runs/${runId}`);
  const ids = async (query: string) =>
    (await house.api.get(`/runs?${query}`)).body.runs.map((run: { id: string }) => run.id) as string[];
  expect(await ids(`businessKey=O-${orders}`)).toEqual([runId]);
  expect(await ids('flow=order&status=waiting')).toContain(runId);
  expect(await ids('flow=order&status=completed')).toEqual([]);
  expect(await ids(`startedBefore=${detail.startedAt}`)).not.toContain(runId);
  expect(await ids(`startedAfter=${detail.startedAt}`)).toContain(runId);
  expect((await house.api.get('/runs?status=happy')).status).toBe(400);
  expect((await house.api.get('/runs?limit=201')).status).toBe(400);
});

test('a run shows each step with its input as it was evaluated and its output', async () => {
  const { body } = await house.api.post('/flows/plain', { n: 5 });
  const { body: run } = await house.api.get(`/runs/${body.runId}`);
  expect(run).toMatchObject({ flowId: 'plain', status: 'completed', input: { n: 5 }, output: { n: 5 } });
  expect(run.steps).toEqual([
    expect.objectContaining({
      id: '/echo#1',
      node: 'echo',
      type: 'call',
      status: 'completed',
      attempts: 1,
      input: { n: 5 },
      output: { n: 5 },
    }),
  ]);
});

test('a value that is too large to show is cut, with its size', async () => {
  const { body } = await house.api.post('/flows/plain', { n: 'x'.repeat(20_000) });
  const [step] = (await house.api.get(`/runs/${body.runId}`)).body.steps;
  expect(step.output.$truncated).toMatchObject({ bytes: 20_008, beginning: expect.stringMatching(/^\{"n":"xxx/) });
});

test('what a flow calls sensitive is masked in history, live history and result, and still reaches the service', async () => {
  const runId = await startOrder();
  const stream = fetch(`${house.api.url}/runs/${runId}/events`).then((response) => response.text());
  await house.api.post(`/runs/${runId}/signals/paid`, { note: 'thanks' });
  await house.reaches(runId, 'completed');
  const { body: run } = await house.api.get(`/runs/${runId}`);
  expect(run.input).toMatchObject({ cardNumber: '***', amount: 100 });
  expect(run.steps[0]).toMatchObject({ input: { amount: 100, cardNumber: '***' }, output: { paymentId: '***' } });
  for (const shown of [JSON.stringify(run.steps), await stream]) {
    expect(shown).not.toContain('6222000011112222');
    expect(shown).toContain('***');
  }
  expect(house.desk.received.findLast(({ path }) => path === '/pay')?.body['cardNumber']).toBe('6222000011112222');
});

test('what a service says of a failure is masked too', async () => {
  await house.publish({
    id: 'leaky',
    sensitive: ['/input/cardNumber'],
    start: 'core',
    nodes: { core: call('broken', {}) },
  });
  const { headers } = await house.api.post('/flows/leaky', {});
  const { body: run } = await house.api.get(`/runs/${headers.get('heddle-run-id')}`);
  expect(run.error.details.body).toMatchObject({ message: 'core is down', cardNumber: '***' });
  expect(JSON.stringify(run)).not.toContain('6222000011112222');
});

test('a run that nobody started is answered 404, whatever is asked of it', async () => {
  for (const path of ['', '/journal', '/events']) expect((await house.api.get(`/runs/none${path}`)).status).toBe(404);
  for (const action of ['cancel', 'terminate', 'suspend', 'resume', 'retry', 'signals/paid'])
    expect((await house.api.post(`/runs/none/${action}`, {})).body.code).toBe('RUN_NOT_FOUND');
});

test('the live history of a run tells what was and what comes, and ends with the run', async () => {
  const runId = await startOrder();
  const response = await fetch(`${house.api.url}/runs/${runId}/events`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  await house.api.post(`/runs/${runId}/signals/paid`, { note: 'ok' });
  const text = await response.text();
  const kinds = [...text.matchAll(/^event: (.*)$/gm)].map((match) => match[1]);
  expect(kinds[0]).toBe('entered');
  expect(kinds.at(-1)).toBe('finished');
  expect(kinds).toContain('signal');
  const ids = [...text.matchAll(/^id: (.*)$/gm)].map((match) => Number(match[1]));
  expect(ids).toEqual(ids.map((_, index) => index + 1));
});

test('the live history of a run that has ended is whole and ends at once', async () => {
  const { body } = await house.api.post('/flows/plain', { n: 1 });
  const text = await (await fetch(`${house.api.url}/runs/${body.runId}/events`)).text();
  expect([...text.matchAll(/^event: (.*)$/gm)].map((match) => match[1])).toEqual(['entered', 'completed', 'finished']);
});

test('a signal that no step takes is refused with 409; one that comes early is kept', async () => {
  const runId = await startOrder();
  const { status, body } = await house.api.post(`/runs/${runId}/signals/unheard-of`, {});
  expect([status, body.code]).toEqual([409, 'RUN_NOT_WAITING']);
  const release = house.desk.hold();
  await house.publish({
    id: 'later',
    start: 'slow',
    nodes: { slow: call('slow', {}, { next: 'paid' }), paid: { type: 'event', name: 'paid' } },
  });
  const early = await house.api.post('/flows/later?wait=0ms', {});
  expect((await house.api.post(`/runs/${early.body.runId}/signals/paid`, { by: 'Li' })).status).toBe(202);
  release();
  await house.reaches(early.body.runId, 'completed');
  expect((await house.api.get(`/runs/${early.body.runId}`)).body.output).toEqual({ by: 'Li' });
});

test('a signal under the same key is taken once', async () => {
  await house.publish({
    id: 'twice',
    start: 'first',
    nodes: { first: { type: 'event', name: 'go', next: 'second' }, second: { type: 'event', name: 'go' } },
  });
  const { runId } = (await house.api.post('/flows/twice?wait=0ms', {})).body;
  const key = { 'idempotency-key': 'go-1' };
  expect((await house.api.post(`/runs/${runId}/signals/go`, 1, key)).body.result).toBe('accepted');
  expect((await house.api.post(`/runs/${runId}/signals/go`, 1, key)).body.result).toBe('duplicate');
  expect((await house.api.get(`/runs/${runId}`)).body.status).toBe('waiting');
});

test('cancelling undoes what a run has done, and a second time is refused', async () => {
  const runId = await startOrder();
  expect((await house.api.post(`/runs/${runId}/cancel`, { reason: 'changed my mind' })).status).toBe(202);
  await house.reaches(runId, 'compensated');
  expect(house.desk.received.some(({ path, body }) => path === '/refund' && body['id'] === 'P-100')).toBe(true);
  const again = await house.api.post(`/runs/${runId}/cancel`, {});
  expect([again.status, again.body.code]).toEqual([409, 'RUN_FINISHED']);
  const [entry] = (await house.api.get('/audit?limit=1')).body.entries;
  expect(entry).toMatchObject({ action: 'run.cancel', subject: runId, details: { reason: 'changed my mind' } });
});

test('terminating ends a run and undoes nothing', async () => {
  const runId = await startOrder();
  const refunds = () => house.desk.received.filter(({ path }) => path === '/refund').length;
  const before = refunds();
  expect((await house.api.post(`/runs/${runId}/terminate`, {})).status).toBe(202);
  await house.reaches(runId, 'cancelled');
  expect(refunds()).toBe(before);
});

test('a suspended run takes its signal only after it is resumed', async () => {
  const runId = await startOrder();
  expect((await house.api.post(`/runs/${runId}/suspend`)).status).toBe(202);
  await house.reaches(runId, 'suspended');
  await house.api.post(`/runs/${runId}/signals/paid`, { note: 'x' });
  expect((await house.api.get(`/runs/${runId}`)).body.status).toBe('suspended');
  expect((await house.api.post(`/runs/${runId}/resume`)).status).toBe(202);
  await house.reaches(runId, 'completed');
});

test('a failed run can be tried again from where it failed', async () => {
  await house.publish({
    id: 'picky',
    start: 'echo',
    nodes: {
      echo: call('echo', { n: 1 }, { next: 'fragile' }),
      fragile: call('getCustomer', { id: 'x' }, { next: 'broken' }),
      broken: call('broken', {}),
    },
  });
  const { headers } = await house.api.post('/flows/picky', {});
  const runId = headers.get('heddle-run-id') ?? '';
  const asked = () => house.desk.received.filter(({ path }) => path === '/broken').length;
  const before = asked();
  expect((await house.api.post(`/runs/${runId}/retry`, {})).status).toBe(202);
  await expect.poll(asked, { interval: 5 }).toBe(before + 1);
  await house.reaches(runId, 'failed');
});

test('an event finds the run that waits for it by correlation, or waits for one', async () => {
  await house.publish({
    id: 'match',
    start: 'shipped',
    nodes: { shipped: { type: 'event', name: 'shipped', correlation: read('input.id') } },
  });
  const event = (id: string, correlation: string) =>
    house.api.post('/events/shipped', { id, correlation, payload: { for: correlation } });
  const waiting = (await house.api.post('/flows/match?wait=0ms', { id: 'A' })).body.runId;
  expect((await event('e1', 'A')).body.result).toBe('delivered');
  expect((await event('e2', 'B')).body.result).toBe('kept');
  expect((await event('e2', 'B')).body.result).toBe('duplicate');
  await house.reaches(waiting, 'completed');
  const { body } = await house.api.post('/flows/match', { id: 'B' });
  expect(body.output).toEqual({ for: 'B' });
});

test('the journal of a run is given whole, for a replay', async () => {
  const { runId } = (await house.api.post('/flows/plain', { n: 3 })).body;
  const { body } = await house.api.get(`/runs/${runId}/journal`);
  expect(body).toMatchObject({
    status: 'completed',
    flow: { id: 'plain' },
    journal: { start: { runId, input: { n: 3 } } },
  });
  expect(body.journal.events.map((event: { kind: string }) => event.kind)).toEqual(['result']);
});

test('an account number that an error quotes is masked in the run, its history and the list', async () => {
  const refusal = {
    type: 'fail',
    code: 'REFUSED',
    message: { $: { cat: ['account ', { var: 'input.cardNumber' }, ' of ', { var: 'input.holder' }, ' is closed'] } },
  };
  await house.publish({
    id: 'quoting',
    sensitive: ['/input/cardNumber', '/input/holder'],
    start: 'refuse',
    nodes: { refuse: refusal },
  });
  const { headers } = await house.api.post('/flows/quoting', { cardNumber: '6222000011112222', holder: 'Wang' });
  const runId = headers.get('heddle-run-id');
  const { body: run } = await house.api.get(`/runs/${runId}`);
  expect(run.error.message).toBe('account *** of *** is closed');
  const live = await (await fetch(`${house.api.url}/runs/${runId}/events`)).text();
  const { body: page } = await house.api.get('/runs?flow=quoting');
  for (const shown of [JSON.stringify(run), live, JSON.stringify(page)])
    expect(shown).not.toContain('6222000011112222');
});

test('from an older page there is a way back to newer ones', async () => {
  const ids = async (query: string) => {
    const { body } = await house.api.get(`/runs?flow=plain&limit=2${query}`);
    return { ...body, ids: body.runs.map(({ id }: { id: string }) => id) };
  };
  for (let count = 0; count < 5; count += 1) await house.api.post('/flows/plain', {});
  const first = await ids('');
  const second = await ids(`&before=${first.next}`);
  const third = await ids(`&before=${second.next}`);
  expect(first.previous).toBeUndefined();
  expect((await ids(`&after=${third.previous}`)).ids).toEqual(second.ids);
  expect((await ids(`&after=${second.previous}`)).ids).toEqual(first.ids);
  const newest = await ids(`&after=${first.ids[1]}`);
  expect([newest.ids, newest.previous, newest.next]).toEqual([[first.ids[0]], undefined, first.ids[0]]);
});

test('the runs that a run started as sub-flows are found by it', async () => {
  await house.publish({ id: 'parent', start: 'sub', nodes: { sub: { type: 'subflow', flow: 'plain' } } });
  const { runId } = (await house.api.post('/flows/parent', {})).body;
  const { runs } = (await house.api.get(`/runs?parent=${runId}`)).body;
  expect(runs).toMatchObject([{ flowId: 'plain', parentRun: runId }]);
});
