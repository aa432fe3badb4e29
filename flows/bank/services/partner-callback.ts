import Type, { type Static } from 'typebox';
import { toInstant } from '../clock.ts';
import { Identifier, Instant } from '../fields.ts';
import { change, query, type Service } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import { getOutcome } from './outcome.ts';

const Delivery = Type.Object({
  deliveryId: Identifier,
  partnerId: Identifier,
  event: Type.String(),
  payload: Type.Unknown(),
  receivedAt: Instant,
});
type Delivery = Static<typeof Delivery>;

const deliver = change({
  title: { en: 'Deliver an event to a partner', zh: '回调合作方' },
  method: 'POST',
  path: '/partners/{partnerId}/events',
  input: Type.Object({
    partnerId: Type.String({ ...Identifier, description: '`closed…` refuses everything' }),
    event: Type.String({ minLength: 1, maxLength: 64 }),
    payload: Type.Optional(Type.Unknown()),
  }),
  output: Type.Object({ deliveryId: Identifier, receivedAt: Instant }),
  handle: ({ partnerId, event, payload = null }, { records, derivedId, now }) => {
    if (partnerId.startsWith('closed')) throw new Refusal('REFUSED', `partner ${partnerId} takes no events`);
    const delivery: Delivery = { deliveryId: derivedId, partnerId, event, payload, receivedAt: toInstant(now) };
    records.put('delivery', derivedId, delivery, partnerId);
    return { deliveryId: derivedId, receivedAt: delivery.receivedAt };
  },
});

const listDeliveries = query({
  title: { en: 'List what a partner has received', zh: '查询合作方已收回调' },
  method: 'GET',
  path: '/partners/{partnerId}/events',
  input: Type.Object({ partnerId: Identifier }),
  output: Type.Object({ items: Type.Array(Delivery) }),
  handle: ({ partnerId }, { records }) => ({ items: records.listByOwner<Delivery>('delivery', partnerId) }),
});

/** 合作方: the far end of an open platform's callbacks. */
export const partnerCallback: Service = {
  id: 'partner-callback',
  title: { en: 'Partner callback', zh: '合作方回调' },
  owner: 'open-platform',
  operations: { deliver, listDeliveries, getOutcome },
};
