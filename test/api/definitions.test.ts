import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type House, openHouse } from './house.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse({ HEDDLE_MAX_DEFINITION: '20000' });
});
afterAll(() => house.close());

const simple = (id: string, extra: object = {}) => ({ id, start: 'end', nodes: { end: { type: 'end' } }, ...extra });

test('a draft may be unsound, and is saved over the revision that its author had open', async () => {
  const first = await house.api.put(
    '/drafts/wip',
    { definition: { anything: true }, revision: 0 },
    { 'heddle-user': 'li' },
  );
  expect(first.body).toMatchObject({ revision: 1, updatedBy: 'li', definition: { anything: true } });
  const second = await house.api.put('/drafts/wip', { definition: [], revision: 1 }, { 'heddle-user': 'li' });
  expect(second.body.revision).toBe(2);
  const { status, body } = await house.api.put('/drafts/wip', { definition: {}, revision: 1 }, { 'heddle-user': 'wu' });
  expect([status, body.code, body.revision, body.updatedBy]).toEqual([409, 'DRAFT_CONFLICT', 2, 'li']);
  expect((await house.api.get('/drafts/wip')).body.definition).toEqual([]);
});

test('of two who make the same new draft one is told', async () => {
  const save = () => house.api.put('/drafts/new', { definition: {}, revision: 0 });
  const replies = await Promise.all([save(), save()]);
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
});

test('drafts are listed and discarded', async () => {
  await house.api.put('/drafts/gone', { definition: {}, revision: 0 });
  expect((await house.api.get('/drafts')).body.drafts.map((draft: { flowId: string }) => draft.flowId)).toContain(
    'gone',
  );
  expect((await house.api.delete('/drafts/gone')).status).toBe(204);
  expect((await house.api.delete('/drafts/gone')).body.code).toBe('DRAFT_NOT_FOUND');
  expect((await house.api.get('/drafts/gone')).body.code).toBe('DRAFT_NOT_FOUND');
});

test.each(['Bad', '-x', 'a'.repeat(65), 'a_b'])('a draft cannot be called %s', async (name) => {
  expect((await house.api.put(`/drafts/${name}`, { definition: {}, revision: 0 })).body.code).toBe('INVALID_REQUEST');
});

test('the draft is what is published when no definition is sent', async () => {
  await house.api.put('/drafts/drafted', { definition: simple('drafted'), revision: 0 });
  const { status, body } = await house.api.post('/flows/drafted/versions', { note: 'first' }, { 'heddle-user': 'li' });
  expect([status, body.version.number, body.version.note, body.version.publishedBy]).toEqual([201, 1, 'first', 'li']);
  expect((await house.api.post('/flows/undrafted/versions', {})).body.code).toBe('DRAFT_NOT_FOUND');
});

test('a flow with an operation that nobody has registered cannot be published', async () => {
  const definition = { id: 'lost', start: 'a', nodes: { a: call('fly', {}), b: { type: 'end' } } };
  const { status, body } = await house.api.post('/flows/lost/versions', { definition });
  expect([status, body.code]).toEqual([422, 'FLOW_INVALID']);
  const sound = { id: 'lost', start: 'a', nodes: { a: call('fly', {}) } };
  const answer = await house.api.post('/flows/lost/versions', { definition: sound });
  expect(answer.body.problems.map((problem: { pointer: string }) => problem.pointer)).toEqual(['/nodes/a/operation']);
  expect((await house.api.get('/flows/lost')).status).toBe(404);
  expect((await house.api.post('/validate', sound)).body).toMatchObject({ ok: false, problems: [{}] });
});

test('all problems of a definition are told at once', async () => {
  const definition = { id: 'Wrong', start: 'none', nodes: { a: { type: 'dance' }, b: { type: 'end', colour: 'red' } } };
  const { body } = await house.api.post('/flows/wrong/versions', { definition });
  const pointers = body.problems.map((problem: { pointer: string }) => problem.pointer).sort();
  expect(pointers).toEqual(['/id', '/nodes/a/type', '/nodes/b/colour', '/start']);
});

test.each([
  { input: { type: 'rhinoceros' }, pointer: '/input/type' },
  { input: { type: 'string', pattern: '(' }, pointer: '/input/pattern' },
  { input: { required: 'id' }, pointer: '/input/required' },
  { input: { properties: { age: { minimum: '18' } } }, pointer: '/input/properties/age/minimum' },
])('the input schema $input would accept everything, so it cannot be published', async ({ input, pointer }) => {
  const definition = simple('odd', { input });
  const { status, body } = await house.api.post('/flows/odd/versions', { definition });
  expect([status, body.problems?.[0]?.pointer]).toEqual([422, pointer]);
});

test('a flow is published under its own name only', async () => {
  const { status, body } = await house.api.post('/flows/other/versions', { definition: simple('mine') });
  expect([status, body.problems[0].pointer]).toEqual([422, '/id']);
});

test('a definition that is too large is answered 413', async () => {
  const definition = simple('big', { description: 'x'.repeat(30_000) });
  expect((await house.api.post('/flows/big/versions', { definition })).status).toBe(413);
  expect((await house.api.put('/drafts/big', { definition, revision: 0 })).status).toBe(413);
});

test('each content is a version of its own; moving boxes about is none', async () => {
  const publish = async (extra: object) =>
    (await house.api.post('/flows/many/versions', { definition: simple('many', extra) })).body.version;
  const one = await publish({ title: 'one' });
  const two = await publish({ title: 'two' });
  const moved = await publish({ title: 'two', layout: { end: { x: 5, y: 7 } } });
  expect([one.number, two.number, moved.number]).toEqual([1, 2, 2]);
  expect(moved.version).toBe(two.version);
  const again = await publish({ title: 'one' });
  expect([again.number, again.current]).toEqual([1, true]);
  const { versions } = (await house.api.get('/flows/many/versions')).body;
  expect(versions.map(({ number, current }: { number: number; current: boolean }) => [number, current])).toEqual([
    [2, false],
    [1, true],
  ]);
  expect((await house.api.get(`/flows/many/versions/${two.version}`)).body.title).toBe('two');
  expect((await house.api.get('/flows/many/versions/none')).body.code).toBe('VERSION_NOT_FOUND');
  expect((await house.api.get('/flows/none/versions')).body.code).toBe('FLOW_NOT_FOUND');
});

test('the schema of a definition is published and names every node type', async () => {
  const { body, headers } = await house.api.get('/schemas/flow.json');
  expect(headers.get('content-type')).toMatch(/^application\/schema\+json/);
  expect(Object.keys(body.$defs)).toEqual(expect.arrayContaining(['call', 'choice', 'forEach', 'task', 'scope']));
});

test('a service is added, replaced, and removed unless a flow uses it', async () => {
  const { description } = house.desk;
  const spare = { ...description, id: 'spare' };
  const first = (await house.api.put('/services/spare', spare)).body;
  const second = (await house.api.put('/services/spare', { ...spare, title: 'Spare' })).body;
  expect([first.id, second.revision > first.revision]).toEqual(['spare', true]);
  expect((await house.api.get('/services/spare')).body).toMatchObject({ title: 'Spare', usedBy: [] });
  const inside = { start: 'c', nodes: { c: { ...call('echo', {}), service: 'spare' } } };
  await house.publish({ id: 'uses', start: 'try', nodes: { try: { type: 'try', do: inside } } });
  const refused = await house.api.delete('/services/spare');
  expect([refused.status, refused.body.code, refused.body.flows]).toEqual([409, 'SERVICE_IN_USE', ['uses']]);
  await house.publish(simple('uses'));
  expect((await house.api.delete('/services/spare')).status).toBe(204);
  expect((await house.api.get('/services/spare')).body.code).toBe('SERVICE_NOT_FOUND');
  expect((await house.api.delete('/services/spare')).body.code).toBe('SERVICE_NOT_FOUND');
});

test('a service that is described wrongly is refused with every fault', async () => {
  const { status, body } = await house.api.put('/services/bad', {
    ...house.desk.description,
    id: 'bad',
    connector: 'carrier-pigeon',
    operations: { a: { request: true, response: true, binding: {}, movesMoney: true } },
  });
  expect([status, body.code]).toEqual([422, 'SERVICE_INVALID']);
  const pointers = body.problems.map((problem: { pointer: string }) => problem.pointer);
  expect(pointers).toEqual(['/connector', '/operations/a']);
  expect((await house.api.put('/services/other', house.desk.description)).body.code).toBe('SERVICE_INVALID');
});

test('live figures of operations are there once they were called', async () => {
  await house.publish({ id: 'figures', start: 'a', nodes: { a: call('echo', {}) } });
  await house.api.post('/flows/figures', {});
  const { operations } = (await house.api.get('/services/stats')).body;
  expect(operations).toContainEqual(
    expect.objectContaining({ service: 'desk', operation: 'echo', calls: 1, errors: 0 }),
  );
});

test('who did what can be read, newest first', async () => {
  await house.api.put('/services/audited', { ...house.desk.description, id: 'audited' }, { 'heddle-user': 'li' });
  const { entries } = (await house.api.get('/audit?limit=2')).body;
  expect(entries[0]).toMatchObject({ actor: 'li', action: 'service.put', subject: 'audited' });
  const older = (await house.api.get(`/audit?before=${entries[0].id}&limit=1`)).body.entries;
  expect(older).toEqual([entries[1]]);
});

test('the engine says that it lives, that it takes work, and its figures', async () => {
  expect((await house.api.get('/health')).body).toEqual({ status: 'ok' });
  expect((await house.api.get('/ready')).body).toMatchObject({ ready: true });
  const { headers, body } = await house.api.get('/metrics');
  expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(body).toContain('heddle_');
});

test('the list of flows says which version is current, since when, and whether somebody works on another', async () => {
  await house.publish(simple('listed', { title: 'one' }));
  await house.publish(simple('listed', { title: 'two' }));
  const entry = async () =>
    (await house.api.get('/flows')).body.flows.find(({ id }: { id: string }) => id === 'listed');
  expect(await entry()).toMatchObject({ number: 2, title: 'two', hasDraft: false, publishedBy: 'anonymous' });
  expect((await entry()).publishedAt).toBeGreaterThan(1_700_000_000_000);
  await house.api.put('/drafts/listed', { definition: simple('listed', { title: 'three' }), revision: 0 });
  expect(await entry()).toMatchObject({ number: 2, title: 'two', hasDraft: true });
  const { drafts } = (await house.api.get('/drafts')).body;
  expect(drafts.find(({ flowId }: { flowId: string }) => flowId === 'listed').title).toBe('three');
});

test('a service that is replaced tells which published flows it no longer fits', async () => {
  const service = { ...house.desk.description, id: 'shifting' };
  await house.api.put('/services/shifting', service);
  const uses = { type: 'call', service: 'shifting', operation: 'echo', input: {} };
  await house.publish({ id: 'uses', start: 'a', nodes: { a: uses } });
  expect((await house.api.put('/services/shifting', service)).body.breaks).toEqual([]);
  const { echo: _echo, ...operations } = (service as { readonly [part: string]: unknown })['operations'] as {
    readonly [name: string]: object;
  };
  const { status, body } = await house.api.put('/services/shifting', { ...service, operations } as never);
  expect([status, body.breaks]).toMatchObject([
    200,
    [{ flowId: 'uses', problems: [{ pointer: '/nodes/a/operation', code: 'unknown-operation' }] }],
  ]);
});
