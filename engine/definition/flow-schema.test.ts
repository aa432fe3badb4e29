import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../errors.ts';
import { nodeTypes } from '../nodes/index.ts';
import { flowSchema, parse, shapeProblems } from './index.ts';

const schema = flowSchema(nodeTypes);
const accepts = (document: Json) => shapeProblems(schema as never, document, '').length === 0;

/** The example of the documentation. */
const example: JsonObject = {
  id: 'loan-precheck',
  title: { en: 'Loan pre-check', zh: '贷款预审' },
  mode: 'durable',
  input: { type: 'object', required: ['customerId', 'amount'], properties: {} },
  output: { decision: { $: { var: 'steps.decide.decision' } } },
  start: 'facts',
  nodes: {
    facts: {
      type: 'parallel',
      branches: {
        customer: {
          start: 'cif',
          nodes: {
            cif: {
              type: 'call',
              service: 'cif',
              operation: 'getCustomer',
              input: { id: { $: { var: 'input.customerId' } } },
            },
          },
        },
        credit: {
          start: 'bureau',
          nodes: {
            bureau: {
              type: 'call',
              service: 'bureau',
              operation: 'score',
              input: {},
              timeout: '800ms',
              retry: { attempts: 3 },
            },
          },
        },
      },
      next: 'grade',
    },
    grade: {
      type: 'choice',
      when: [{ if: { '>=': [{ var: 'steps.bureau.score' }, 650] }, next: 'decide' }],
      otherwise: 'reject',
    },
    decide: { type: 'call', service: 'loans', operation: 'decide', input: {} },
    reject: { type: 'end', outcome: 'rejected' },
  },
  triggers: [{ type: 'http', method: 'POST', path: '/loan-precheck', wait: '5s' }],
  layout: { facts: { x: 0, y: 0 } },
};

/** All references in a schema. */
function references(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) => (key === '$ref' ? [String(member)] : references(member)));
}

describe('the published schema', () => {
  test('is plain JSON of the dialect 2020-12, and every reference in it leads somewhere', () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    const definitions = Object.keys(schema['$defs'] as JsonObject).map((name) => `#/$defs/${name}`);
    const used = references(schema);
    expect(used.length).toBeGreaterThan(15);
    expect([...new Set(used)].filter((reference) => !definitions.includes(reference))).toEqual([]);
  });

  test('has a definition for every node type', () => {
    expect(Object.keys(schema['$defs'] as JsonObject)).toEqual(expect.arrayContaining(Object.keys(nodeTypes)));
  });

  test('accepts the example of the documentation, and so does parse', () => {
    expect(accepts(example)).toBe(true);
    expect(parse(example, nodeTypes)).toMatchObject({ ok: true, warnings: [] });
  });

  test.each<{ what: string; more: JsonObject }>([
    { what: 'of the flow', more: { colour: 1 } },
    { what: 'of a node', more: { nodes: { facts: { type: 'call', service: 's', operation: 'o', colour: 1 } } } },
    {
      what: 'of a retry',
      more: { nodes: { facts: { type: 'call', service: 's', operation: 'o', retry: { attempts: 1, colour: 1 } } } },
    },
    {
      what: 'of a scope',
      more: { nodes: { facts: { type: 'try', do: { start: 'a', nodes: { a: { type: 'end' } }, colour: 1 } } } },
    },
    {
      what: 'of a node in a branch',
      more: {
        nodes: {
          facts: { type: 'parallel', branches: { x: { start: 'a', nodes: { a: { type: 'end', colour: 1 } } } } },
        },
      },
    },
    { what: 'of a trigger', more: { triggers: [{ type: 'http', method: 'GET', path: '/', colour: 1 }] } },
  ])('refuses an unknown property $what, and so does parse', ({ more }) => {
    expect(accepts({ ...example, ...more })).toBe(false);
    expect(parse({ ...example, ...more }, nodeTypes)).toMatchObject({ ok: false });
  });

  test.each([
    [null],
    [7],
    [{}],
    [{ id: 'x', start: 'a', nodes: {} }],
    [{ id: 'x', start: 'a', nodes: { a: { type: 'magic' } } }],
  ])('refuses %j', (document) => {
    expect(accepts(document)).toBe(false);
  });
});
