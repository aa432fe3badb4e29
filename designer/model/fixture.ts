import type { JsonObject } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import type { Catalogue } from './catalogue.ts';
import type { FlowDocument } from './flow-document.ts';

const text = { type: 'string' };
const whole = { type: 'integer' };

/** An object schema; names that end in `?` are not required. */
export const object = (properties: { readonly [name: string]: JsonSchema }): JsonSchema => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !name.endsWith('?')),
  properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name.replace(/\?$/, ''), schema])),
});

const operation = (
  request: { readonly [name: string]: JsonSchema },
  response: { readonly [name: string]: JsonSchema },
) => ({ request: object(request), response: object(response) });

/** A few operations of one bank, for tests. */
export const bankCatalogue: Catalogue = new Map([
  [
    'bank',
    {
      id: 'bank',
      title: 'Bank',
      connector: 'http',
      operations: {
        getCustomer: operation({ customerId: text }, { customerId: text, name: text, mobile: text }),
        getAccount: operation({ id: text }, { id: text, balance: text, currency: { const: 'CNY' } }),
        score: operation(
          { customerId: text, amount: text, 'months?': whole },
          { score: whole, band: { type: 'string', enum: ['A', 'B', 'C'] } },
        ),
        pay: {
          safety: 'query',
          ...operation(
            {
              serialNo: text,
              debitAccountNo: text,
              creditAccountNo: text,
              amount: text,
              currency: { type: 'string', const: 'CNY' },
              'memo?': text,
            },
            { serialNo: text, paidOn: { type: 'string', format: 'date' } },
          ),
        },
        notify: operation({ mobile: text, text }, { id: text }),
        contact: operation({ customer: object({ id: text, name: text }) }, {}),
        listOrders: operation({ customerId: text }, { orders: { type: 'array', items: object({ orderId: text }) } }),
      },
    },
  ],
]);

/** A flow in the making. */
export const drafted = (parts: JsonObject): FlowDocument =>
  ({ id: 'tested', start: '', nodes: {}, ...parts }) as unknown as FlowDocument;
