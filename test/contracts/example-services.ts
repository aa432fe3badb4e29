import { CallError, type Connectors, defineConnector } from '@heddle/connectors/sdk/index';
import { parseService, type Service } from '@heddle/engine/services/index';
import Type from 'typebox';

/** A request as the shop got it. */
export interface ShopCall {
  readonly operation: string;
  readonly input: { readonly [key: string]: unknown };
  readonly idempotencyKey: string;
  readonly attempt: number;
}

export interface Shop {
  readonly connectors: Connectors;
  readonly service: Service;
  readonly calls: ShopCall[];
  /** From now on `stock` answers only once the function returned is called. */
  hold(): () => void;
  /** How often `price` is still to fail, in a way that can be tried again. */
  failing: number;
}

const prices: Readonly<Record<string, string>> = { tea: '3.20', coffee: '4.50', cake: '5.00' };

/**
 * The catalogue of the node examples: one shop, answered in this process. `price` and `stock` read, `order` acts and
 * `cancel` undoes it, `recall` is always refused.
 */
export function openShop(): Shop {
  const calls: ShopCall[] = [];
  let gate = Promise.resolve();
  const shop = { failing: 0 };
  const connector = defineConnector({
    protocol: 'shop',
    title: { en: 'Shop', zh: '商店' },
    config: Type.Object({}, { additionalProperties: false }),
    binding: Type.Object({}, { additionalProperties: false }),
    open: async () => ({
      async call({ operation, input }, { idempotencyKey, attempt }) {
        const given = input as ShopCall['input'];
        calls.push({ operation, input: given, idempotencyKey, attempt });
        if (operation === 'stock') await gate;
        if (operation === 'price' && shop.failing > 0) {
          shop.failing -= 1;
          throw new CallError('the shop is closing its books', {
            kind: 'failed',
            mayHaveActed: false,
            retryable: true,
          });
        }
        if (operation === 'recall')
          throw new CallError('the shop recalls nothing', { kind: 'rejected', mayHaveActed: false, retryable: false });
        return { body: answerTo(operation, given) };
      },
      close: async () => {},
    }),
  });
  const connectors: Connectors = new Map([[connector.protocol, connector]]);
  const parsed = parseService(description, connectors);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return Object.assign(shop, {
    connectors,
    service: parsed.service,
    calls,
    hold() {
      let release = () => {};
      gate = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  });
}

function answerTo(operation: string, { sku, orderId }: ShopCall['input']) {
  switch (operation) {
    case 'price':
      return { price: prices[String(sku)] ?? '1.00' };
    case 'stock':
      return { stock: 7 };
    case 'order':
      return { orderId: `O-${String(sku)}` };
    default:
      return { cancelled: String(orderId) };
  }
}

const operation = (extra: object) => ({
  request: { type: 'object' },
  response: { type: 'object' },
  binding: {},
  ...extra,
});

const description = {
  id: 'shop',
  title: { en: 'Shop', zh: '商店' },
  connector: 'shop',
  config: {},
  policy: { breaker: false },
  operations: {
    price: operation({ readOnly: true }),
    stock: operation({ readOnly: true }),
    order: operation({ safety: 'idempotent', movesMoney: true }),
    cancel: operation({ safety: 'idempotent', movesMoney: true }),
    recall: operation({ safety: 'idempotent' }),
  },
};
