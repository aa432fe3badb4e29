import type { Json } from '@heddle/engine/errors';

const operation = (path: string, properties: Record<string, Json>, response: Record<string, Json>): Json => ({
  safety: 'idempotent',
  request: { type: 'object', properties, required: Object.keys(properties) },
  response: { type: 'object', properties: response, required: Object.keys(response) },
  binding: { method: 'POST', path },
});
const text: Json = { type: 'string' };
const number: Json = { type: 'number' };

export const loadServices = (port: number): Json[] => [
  {
    id: 'bench',
    title: 'Benchmark services',
    connector: 'http',
    config: { baseUrl: `http://127.0.0.1:${port}` },
    operations: {
      customer: operation('/customer', { id: text }, { id: text, level: text }),
      score: operation('/score', { id: text }, { score: number }),
      decide: operation(
        '/decide',
        { customerId: text, amount: number, level: text, score: number },
        { decision: text },
      ),
    },
  },
];

const read = (path: string): Json => ({ $: { var: path } });
const call = (name: string, input: Json): Json => ({ type: 'call', service: 'bench', operation: name, input });

/** Two calls in parallel, a condition, a third call: the same work as handwritten.ts. */
export const loadFlow = (mode: 'express' | 'durable'): Json => ({
  id: `bench-${mode}`,
  mode,
  input: { type: 'object', required: ['customerId', 'amount'], properties: { customerId: text, amount: number } },
  start: 'facts',
  nodes: {
    facts: {
      type: 'parallel',
      branches: {
        customer: { start: 'customer', nodes: { customer: call('customer', { id: read('input.customerId') }) } },
        credit: { start: 'score', nodes: { score: call('score', { id: read('input.customerId') }) } },
      },
      next: 'grade',
    },
    grade: {
      type: 'choice',
      when: [{ if: { '>=': [{ var: 'steps.score.score' }, 650] }, next: 'decide' }],
      otherwise: 'reject',
    },
    decide: call('decide', {
      customerId: read('input.customerId'),
      amount: read('input.amount'),
      level: read('steps.customer.level'),
      score: read('steps.score.score'),
    }),
    reject: { type: 'end', outcome: 'rejected', output: { decision: 'reject' } },
  },
  output: { decision: read('steps.decide.decision') },
  triggers: [{ type: 'http', method: 'POST', path: `/bench-${mode}` }],
});
