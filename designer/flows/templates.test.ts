import { parse } from '@heddle/engine/definition/index';
import type { Json } from '@heddle/engine/errors';
import { nodeTypes } from '@heddle/engine/nodes/index';
import { expect, test } from 'vitest';
import { documentFrom, flowIdFrom } from './new-flow.ts';
import { templateNames } from './templates.ts';

test.each(templateNames)('the template %s can be published as it is', (name) => {
  const parsed = parse(documentFrom({ id: 'mine', title: 'Mine', template: name }) as Json, nodeTypes);
  expect(parsed).toMatchObject({ ok: true, warnings: [] });
});

test.each([
  ['Loan Pre-check!', [], 'loan-pre-check'],
  ['Loan', ['loan'], 'loan-2'],
  ['贷款预审', [], 'flow'],
  ['贷款预审', ['flow', 'flow-2'], 'flow-3'],
  ['2nd try', [], 'nd-try'],
])('%s becomes the id of a flow', (title, taken, id) => {
  expect(flowIdFrom(title, new Set(taken))).toBe(id);
});

test('a new flow is empty but can be called by REST', () => {
  expect(documentFrom({ id: 'mine', title: 'Mine' })).toEqual({
    id: 'mine',
    title: 'Mine',
    triggers: [{ type: 'http', method: 'POST', path: '/mine', wait: '30s' }],
    start: '',
    nodes: {},
  });
});

test('a copy of a flow keeps its ways but takes its own address', () => {
  const source = {
    id: 'old',
    title: 'Old',
    triggers: [
      { type: 'http', method: 'GET', path: '/old/{id}' },
      { type: 'http', method: 'POST', path: '/elsewhere' },
    ],
    start: 'a',
    nodes: { a: { type: 'end' } },
  };
  expect(documentFrom({ id: 'mine', title: 'Mine', source })).toMatchObject({
    id: 'mine',
    title: 'Mine',
    start: 'a',
    triggers: [
      { method: 'GET', path: '/mine/{id}' },
      { method: 'POST', path: '/mine/elsewhere' },
    ],
  });
});
