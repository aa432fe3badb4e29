import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type House, openHouse, read } from './house.ts';

let house: House;

const flow = (id: string) => ({
  id,
  input: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
  sensitive: ['/steps/customer/name'],
  start: 'customer',
  nodes: {
    customer: call('getCustomer', { id: read('input.id') }, { next: 'done' }),
    done: { type: 'end', outcome: 'found', output: { id: read('input.id'), name: read('steps.customer.name') } },
  },
});
const name = 'a customer';
const input = { id: 'C1' };
const output = { name: 'Customer C1', id: 'C1' };
const caseAt = (id: string) => `/flows/cased/cases/${id}`;
const run = async (body: object = {}) => (await house.api.post('/flows/cased/cases/run', body as never)).body.results;

beforeAll(async () => {
  house = await openHouse();
  await house.api.put('/drafts/cased', { definition: flow('cased'), revision: 0 });
});
afterAll(() => house.close());

test('a flow that is only a draft has test cases, which are kept, replaced and deleted', async () => {
  const first = await house.api.put(caseAt('kept'), { name, input }, { 'heddle-user': 'li' });
  expect([first.status, first.body]).toMatchObject([200, { id: 'kept', name, input, updatedBy: 'li' }]);
  await house.api.put(caseAt('kept'), { name: 'renamed', input });
  expect((await house.api.get('/flows/cased/cases')).body.cases).toMatchObject([{ id: 'kept', name: 'renamed' }]);
  expect((await house.api.delete(caseAt('kept'))).status).toBe(204);
  expect((await house.api.get('/flows/cased/cases')).body.cases).toEqual([]);
  expect((await house.api.delete(caseAt('kept'))).body.code).toBe('CASE_NOT_FOUND');
  const { entries } = (await house.api.get('/audit?limit=3')).body;
  expect(entries.map(({ action }: { action: string }) => action)).toEqual(['case.delete', 'case.put', 'case.put']);
});

test('nothing that is neither flow nor draft has test cases', async () => {
  expect((await house.api.get('/flows/nothing/cases')).body.code).toBe('FLOW_NOT_FOUND');
  expect((await house.api.put('/flows/nothing/cases/a', { name, input })).body.code).toBe('FLOW_NOT_FOUND');
  expect((await house.api.post('/flows/nothing/cases/run', {})).body.code).toBe('FLOW_NOT_FOUND');
});

test.each([
  { what: 'no name', body: { input } },
  { what: 'an unknown expectation', body: { name, input, expect: { colour: 'red' } } },
  { what: 'a mock that says nothing', body: { name, input, mocks: { customer: {} } } },
])('a case with $what is refused', async ({ body }) => {
  expect((await house.api.put(caseAt('bad'), body as never)).body.code).toBe('INVALID_REQUEST');
});

test.each([
  { expected: undefined, differences: [] },
  { expected: { status: 'completed', outcome: 'found', output, path: ['customer', 'done'] }, differences: [] },
  { expected: { path: ['done', 'customer'] }, differences: [] },
  { expected: { status: 'failed' }, differences: [{ what: 'status', expected: 'failed', actual: 'completed' }] },
  { expected: { outcome: 'lost' }, differences: [{ what: 'outcome', expected: 'lost', actual: 'found' }] },
  {
    expected: { output: { id: 'C1' } },
    differences: [{ what: 'output', expected: { id: 'C1' }, actual: { id: 'C1', name: '***' } }],
  },
  {
    expected: { path: ['done'] },
    differences: [{ what: 'path', expected: ['done'], actual: ['customer', 'done'] }],
  },
])('a case that expects $expected differs in $differences', async ({ expected, differences }) => {
  await house.api.put(caseAt('one'), { name, input, ...(expected && { expect: expected }) } as never);
  const [result] = await run({ caseIds: ['one'] });
  expect(result).toMatchObject({ caseId: 'one', name, passed: differences.length === 0, run: { status: 'completed' } });
  expect(result.differences).toEqual(differences);
});

test('a choice that finds no way is not among the steps that completed', async () => {
  const definition = {
    id: 'cased',
    start: 'one',
    nodes: {
      one: { type: 'choice', when: [{ if: { '==': [1, 2] }, next: 'never' }] },
      never: { type: 'end' },
    },
  };
  await house.api.put(caseAt('lost'), { name, input, expect: { status: 'failed', path: [] } });
  const [result] = await run({ definition, caseIds: ['lost'] });
  expect(result.differences).toEqual([]);
  await house.api.delete(caseAt('lost'));
});

test('a case without an expectation fails when its run does', async () => {
  await house.api.put(caseAt('one'), { name, input, mocks: { customer: { error: { code: 'SERVICE_ERROR' } } } });
  const [result] = await run({ caseIds: ['one'] });
  expect([result.passed, result.differences]).toEqual([
    false,
    [{ what: 'status', expected: 'completed', actual: 'failed' }],
  ]);
});

test('a case whose input the flow does not take fails, and the others are run', async () => {
  await house.api.put(caseAt('misfit'), { name, input: {} });
  await house.api.put(caseAt('one'), { name, input });
  const results = await run();
  expect(results.map(({ caseId, passed }: { caseId: string; passed: boolean }) => [caseId, passed])).toEqual([
    ['misfit', false],
    ['one', true],
  ]);
  expect(results[0].differences).toMatchObject([
    { what: 'input', actual: [{ pointer: '/input', code: 'INPUT_INVALID' }] },
  ]);
  await house.api.delete(caseAt('misfit'));
});

test('cases are run on the definition that is sent, else on the draft, else on what is published', async () => {
  await house.api.put(caseAt('one'), { name, input });
  const renamed = { ...flow('cased'), nodes: { done: { type: 'end', outcome: 'sent' } }, start: 'done', sensitive: [] };
  expect((await run({ definition: renamed }))[0].run.outcome).toBe('sent');
  expect((await run())[0].run.outcome).toBe('found');
  await house.publish({ ...renamed, nodes: { done: { type: 'end', outcome: 'published' } } });
  expect((await run())[0].run.outcome).toBe('found');
  await house.api.delete('/drafts/cased');
  expect((await run())[0].run.outcome).toBe('published');
});

test('a case that is not there, or a definition with errors, runs nothing', async () => {
  const ask = (body: object) => house.api.post('/flows/cased/cases/run', body as never);
  expect((await ask({ caseIds: ['none'] })).body.code).toBe('CASE_NOT_FOUND');
  expect((await ask({ definition: {} })).body.code).toBe('FLOW_INVALID');
});
