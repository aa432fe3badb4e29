import { parse } from '@heddle/engine/definition/index';
import type { Json, JsonObject } from '@heddle/engine/errors';
import { nodeTypes } from '@heddle/engine/nodes/index';
import { describe, expect, test } from 'vitest';
import { bankCatalogue, drafted, object } from './fixture.ts';
import type { FlowDocument } from './flow-document.ts';
import { inputFromUse } from './infer-input.ts';
import { suggestFor, withSuggestions } from './suggest.ts';
import { acceptSuggestions, confirmSuggestion, suggestedAt, suggestedNodes } from './suggest-confirm.ts';
import { suggestOutput } from './suggest-output.ts';
import { flowProperty } from './value.ts';

const text = { type: 'string' };
const call = (operation: string, next?: string): JsonObject => ({
  type: 'call',
  service: 'bank',
  operation,
  ...(next === undefined ? {} : { next }),
});
const chain = (nodes: { readonly [id: string]: JsonObject }, input?: Json): FlowDocument =>
  drafted({ ...(input === undefined ? {} : { input }), start: Object.keys(nodes)[0] ?? '', nodes });

/** What each field of a node would get: a path, `+name` for a new property of the input, or the value itself. */
function proposed(document: FlowDocument, nodeId: string): Record<string, unknown> {
  return Object.fromEntries(
    suggestFor(document, nodeId, bankCatalogue).map(({ pointer, value, newInput, reason, path }) => [
      pointer.replace('/input/', ''),
      newInput ? `+${newInput.name}` : reason === 'constant' ? value : (path ?? value),
    ]),
  );
}

describe('the input of a call', () => {
  test('what nothing in reach gives becomes a property of the flow’s input', () => {
    expect(proposed(chain({ a: call('score') }), 'a')).toEqual({ customerId: '+customerId', amount: '+amount' });
  });

  test('a property of the input by the same name is taken, before a step’s', () => {
    const document = chain({ a: call('getCustomer', 'b'), b: call('score') }, object({ customerId: text }));
    expect(proposed(document, 'b')).toEqual({ customerId: 'input.customerId', amount: '+amount' });
  });

  test('else the nearest step that answers it', () => {
    expect(proposed(chain({ a: call('getCustomer', 'b'), b: call('score') }), 'b')).toMatchObject({
      customerId: 'steps.a.customerId',
    });
  });

  test.each<[string, JsonObject, string]>([
    ['written with other capitals', { customer_id: text }, 'input.customer_id'],
    ['in an object', { customer: object({ id: text }) }, 'input.customer.id'],
    ['for another number of the same thing', { clientNo: text, x: text }, '+customerId'],
    ['of another type', { customerId: { type: 'integer' } }, '+aCustomerId'],
    ['that may be missing', { 'customerId?': text }, 'input.customerId'],
  ])('a property %s', (_, properties, expected) => {
    const document = chain({ a: call('score') }, object(properties as never));
    expect(proposed(document, 'a')['customerId']).toBe(expected);
  });

  test('an id is that of what the operation is about', () => {
    const document = chain({ a: call('getAccount') }, object({ customerId: text, accountId: text }));
    expect(proposed(document, 'a')).toEqual({ id: 'input.accountId' });
  });

  test('an id is not that of something else', () => {
    const document = chain({ a: call('getAccount') }, object({ customerId: text }));
    expect(proposed(document, 'a')).toEqual({ id: '+id' });
  });

  test('two fields never share a source that is only similar', () => {
    const document = chain({ a: call('pay') }, object({ accountNo: text, amount: text }));
    expect(proposed(document, 'a')).toEqual({
      serialNo: 'run.id',
      debitAccountNo: '+debitAccountNo',
      creditAccountNo: '+creditAccountNo',
      amount: 'input.amount',
      currency: 'CNY',
    });
  });

  test('the number of a call is its own, even if an earlier step has one', () => {
    const document = chain({ a: call('pay', 'b'), b: call('pay') });
    const [serialNo] = suggestFor(document, 'b', bankCatalogue);
    expect(serialNo?.value).toEqual({ $: { cat: [{ var: 'run.id' }, '/b'] } });
  });

  test('in a forEach every item has its own number', () => {
    const document = drafted({
      start: 'each',
      nodes: { each: { type: 'forEach', items: [], do: { start: 'a', nodes: { a: call('pay') } } } },
    });
    expect(suggestFor(document, 'a', bankCatalogue)[0]?.value).toEqual({
      $: { cat: [{ var: 'run.id' }, '/a-', { var: 'index' }] },
    });
  });

  test('in a cycle a step does not read itself', () => {
    const document = chain({ a: { ...call('getAccount', 'a') } });
    expect(proposed(document, 'a')).toEqual({ id: '+id' });
  });

  test('an object is put together from what is in reach', () => {
    const document = chain({ a: call('getCustomer', 'b'), b: call('contact') });
    expect(proposed(document, 'b')).toEqual({
      'customer/id': 'steps.a.customerId',
      'customer/name': 'steps.a.name',
    });
  });

  test('what has a value is left alone', () => {
    const document = chain({ a: { ...call('score'), input: { customerId: 'C1', amount: '1' } } });
    expect(proposed(document, 'a')).toEqual({});
  });

  test('an optional field is filled only by its very name', () => {
    const document = chain({ a: call('score') }, object({ months: { type: 'integer' } }));
    expect(proposed(document, 'a')).toMatchObject({ months: 'input.months' });
    const other = chain({ a: call('score') }, object({ loanMonths: { type: 'integer' } }));
    expect(proposed(other, 'a')).not.toHaveProperty('months');
  });

  test('inside a forEach the item comes first', () => {
    const document = drafted({
      input: object({ customerId: text, rows: { type: 'array', items: object({ customerId: text }) } }),
      start: 'each',
      nodes: {
        each: {
          type: 'forEach',
          items: { $: { var: 'input.rows' } },
          do: { start: 'a', nodes: { a: call('getCustomer') } },
        },
      },
    });
    expect(proposed(document, 'a')).toEqual({ customerId: 'item.customerId' });
  });

  test('an operation that is not registered gets nothing', () => {
    expect(proposed(chain({ a: call('teleport') }), 'a')).toEqual({});
  });
});

describe('other nodes', () => {
  test('a forEach takes the nearest list', () => {
    const document = chain({ a: call('listOrders', 'b'), b: { type: 'forEach', do: { start: '', nodes: {} } } });
    expect(suggestFor(document, 'b', bankCatalogue)[0]?.value).toEqual({ $: { var: 'steps.a.orders' } });
  });

  test('a choice asks for what the step before has decided', () => {
    const document = chain({ a: call('score', 'b'), b: { type: 'choice', when: [{ next: 'c' }] }, c: { type: 'end' } });
    expect(suggestFor(document, 'b', bankCatalogue)[0]).toMatchObject({
      pointer: '/when/0/if',
      value: { '==': [{ var: 'steps.a.band' }, 'A'] },
    });
  });

  test('a response gives what the last step said', () => {
    const document = chain({ a: call('score', 'b'), b: { type: 'respond' } });
    expect(suggestFor(document, 'b', bankCatalogue)[0]?.value).toEqual({ $: { var: 'steps.a' } });
  });

  test('the output of a flow that forks is what came last, with a way out', () => {
    const document = drafted({
      start: 'a',
      nodes: {
        a: call('score', 'b'),
        b: { type: 'choice', when: [{ if: true, next: 'c' }], otherwise: 'd' },
        c: call('getCustomer', 'd'),
        d: { type: 'set', values: { x: 1 } },
      },
    });
    expect(suggestOutput(document, bankCatalogue)).toEqual({ $: { var: 'steps.d' } });
    expect(suggestOutput(document, bankCatalogue, 'd')).toEqual({
      $: { var: ['steps.c', { var: 'steps.a' }] },
    });
  });

  test('a flow without steps has nothing to say', () => {
    expect(suggestOutput(drafted({}), bankCatalogue)).toBeUndefined();
  });
});

describe('a node that was just dropped', () => {
  const dropped = ['a', 'b', 'p'].reduce(
    (document, id) => withSuggestions(document, id, bankCatalogue),
    chain({ a: call('getCustomer', 'b'), b: call('score', 'p'), p: call('pay') }),
  );

  test('is valid at once, and so is the flow', () => {
    const parsed = parse(dropped as unknown as Json, nodeTypes);
    expect(parsed).toMatchObject({ ok: true, warnings: [] });
    expect(flowProperty(dropped, ['input', 'required'])).toEqual([
      'customerId',
      'amount',
      'debitAccountNo',
      'creditAccountNo',
    ]);
  });

  test('has values that nobody has confirmed', () => {
    expect(suggestedAt(dropped, 'a')).toEqual(['/input/customerId']);
    expect(suggestedNodes(dropped)).toEqual(['a', 'b', 'p']);
  });

  test('confirming one value leaves the others, and the meaning', () => {
    const confirmed = confirmSuggestion(dropped, 'b', '/input/amount');
    expect(suggestedAt(confirmed, 'b')).toEqual(['/input/customerId']);
    expect(confirmed.nodes).toBe(dropped.nodes);
  });

  test('all can be accepted, of a node or of the flow', () => {
    expect(suggestedNodes(acceptSuggestions(dropped, 'b'))).toEqual(['a', 'p']);
    expect(acceptSuggestions(dropped).layout).not.toHaveProperty('$suggested');
    const nothing = chain({ a: call('score') });
    expect(acceptSuggestions(nothing, 'a')).toBe(nothing);
  });
});

describe('the input schema from its use', () => {
  test('has the schema of the request field that a path goes into', () => {
    const document = chain({
      a: {
        ...call('score'),
        input: { customerId: { $: { var: 'input.who' } }, months: { $: { var: ['input.months', 12] } } },
      },
    });
    expect(inputFromUse(document, bankCatalogue)).toEqual({
      type: 'object',
      required: ['who'],
      properties: { who: text, months: { type: 'integer' } },
    });
  });

  test('nests, keeps what was said, and drops what is not used', () => {
    const document = chain(
      {
        each: {
          type: 'forEach',
          items: { $: { var: 'input.rows' } },
          do: { start: 'a', nodes: { a: { type: 'set', values: { x: { $: { var: 'input.a.b' } } } } } },
        },
      },
      { type: 'object', properties: { a: { type: 'object', properties: { b: { type: 'boolean' } } }, old: text } },
    );
    expect(inputFromUse(document, bankCatalogue)).toEqual({
      type: 'object',
      required: ['rows'],
      properties: {
        a: { type: 'object', properties: { b: { type: 'boolean' } } },
        rows: { type: 'array' },
      },
    });
  });
});
