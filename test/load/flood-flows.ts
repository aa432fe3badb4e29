import type { Json } from '@heddle/engine/errors';

const text: Json = { type: 'string' };
const read = (path: string): Json => ({ $: { var: path } });

const account: Json = {
  type: 'object',
  properties: { accountNo: text, currency: text, balance: text, available: text, openedOn: text },
  required: ['accountNo', 'balance'],
};

/** The service of `flood-upstream.ts`. */
export const floodService = (port: number): Json => ({
  id: 'slow',
  title: 'A service that takes its time',
  connector: 'http',
  config: { baseUrl: `http://127.0.0.1:${port}`, maxConnections: 1_000 },
  operations: {
    work: {
      safety: 'idempotent',
      request: { type: 'object', properties: { id: text, amount: text, history: { type: 'array' } }, required: ['id'] },
      response: {
        type: 'object',
        properties: {
          ok: { type: 'boolean' },
          customerId: text,
          level: text,
          accounts: { type: 'array', items: account },
        },
        required: ['ok', 'accounts'],
      },
      binding: { method: 'POST', path: '/work' },
    },
    undo: {
      safety: 'idempotent',
      request: { type: 'object', properties: { id: text } },
      response: { type: 'object' },
      binding: { method: 'POST', path: '/undo' },
    },
  },
});

/** So many that a run costs a hundred refusals: each of these costs what writing to a socket does, whatever the engine. */
export const CALLS = 40;

type Priority = 'high' | 'normal' | 'low';

/** Many calls one after the other, each sent what the one before answered, and each with what undoes it. */
const work = (priority: Priority): Json => ({
  id: `flood-${priority}`,
  priority,
  input: { type: 'object', required: ['id', 'amount'], properties: { id: text, amount: text } },
  start: 'c1',
  nodes: Object.fromEntries(
    Array.from({ length: CALLS }, (_, index) => [
      `c${index + 1}`,
      {
        type: 'call',
        service: 'slow',
        operation: 'work',
        input: {
          id: read('input.id'),
          amount: read('input.amount'),
          ...(index > 0 ? { history: read(`steps.c${index}.accounts`) } : {}),
        },
        compensate: { operation: 'undo', input: { id: read('input.id') } },
        ...(index + 1 < CALLS ? { next: `c${index + 2}` } : {}),
      },
    ]),
  ),
  output: { ok: read(`steps.c${CALLS}.ok`) },
});

export const floodFlows: readonly Json[] = [
  work('high'),
  work('normal'),
  work('low'),
  {
    id: 'flood-quick',
    input: { type: 'object', required: ['id'], properties: { id: text } },
    start: 'only',
    nodes: { only: { type: 'call', service: 'slow', operation: 'work', input: { id: read('input.id') } } },
    output: 'done',
  },
  {
    id: 'flood-timer',
    input: { type: 'object', required: ['at'], properties: { at: text } },
    start: 'pause',
    nodes: { pause: { type: 'wait', until: read('input.at') } },
    output: 'fired',
  },
  {
    id: 'flood-wait',
    input: { type: 'object', required: ['id'], properties: { id: text } },
    start: 'answer',
    nodes: { answer: { type: 'event', name: 'flood.answer', correlation: read('input.id'), buffer: 'none' } },
    output: 'answered',
  },
  {
    id: 'flood-fan-out',
    input: { type: 'object', required: ['items'], properties: { items: { type: 'array' } } },
    start: 'each',
    nodes: {
      each: {
        type: 'forEach',
        items: read('input.items'),
        concurrency: 16,
        do: {
          start: 'work',
          nodes: { work: { type: 'call', service: 'slow', operation: 'work', input: { id: 'item' } } },
        },
      },
    },
    output: 'done',
  },
];
