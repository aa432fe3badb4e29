import Type, { type Static } from 'typebox';
import { Identifier, PositiveAmount, ShortText } from '../fields.ts';
import { change, query, type Service } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import { getOutcome } from './outcome.ts';
import { type Pattern, patternOf } from './paygate/pattern.ts';

const DEFAULT_RECEIPT_MS = 200;

interface Transfer {
  readonly uetr: string;
  readonly final: Pattern['final'];
  readonly finalAt: number;
  readonly recalledAt?: number;
}

const Status = Type.Object({
  uetr: Type.String(),
  status: Type.Enum(['accepted', 'settled', 'rejected', 'returned', 'unknown'], {
    description: 'pacs.002 ACSP, ACSC, RJCT; pacs.004; unknown: no such transfer',
  }),
});

const callback = {
  callbackUrl: Type.Optional(Type.String({ maxLength: 512, description: 'Where the receipt goes; this machine only' })),
  correlation: Type.Optional(
    Type.String({ ...Identifier, description: 'Comes back in the receipt; default is the UETR' }),
  ),
};

const sendCreditTransfer = change({
  title: { en: 'Send pacs.008', zh: '发送 pacs.008' },
  method: 'POST',
  path: '/transfers',
  safety: 'query',
  movesMoney: true,
  input: Type.Object({
    creditorAccount: Type.String({
      minLength: 4,
      maxLength: 34,
      description: '…9901 is rejected, …9902 is never answered',
    }),
    creditorName: ShortText,
    creditorBic: Type.String({ pattern: '^[A-Z0-9]{8}([A-Z0-9]{3})?$' }),
    debtorName: Type.Optional(ShortText),
    amount: PositiveAmount,
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    uetr: Type.Optional(Type.String({ pattern: '^[0-9a-f-]{36}$', description: 'Default is made from the key' })),
    ...callback,
  }),
  output: Status,
  handle: ({ creditorAccount, uetr, callbackUrl, correlation }, { records, derivedId, now, sendReceipt }) => {
    const id = uetr ?? uetrOf(derivedId);
    if (records.get('transfer', id) !== undefined) throw new Refusal('STATE_CONFLICT', `UETR ${id} is taken`);
    const { final, extraMs = 0 } = patternOf(creditorAccount);
    const delayMs = DEFAULT_RECEIPT_MS + extraMs;
    const transfer: Transfer = { uetr: id, final, finalAt: now + delayMs };
    records.put('transfer', id, transfer);
    if (callbackUrl !== undefined && final !== 'none') {
      const payload = statusOf(transfer, transfer.finalAt);
      sendReceipt({ id: `${id}-pacs.002`, url: callbackUrl, correlation: correlation ?? id, payload, delayMs });
    }
    return { uetr: id, status: 'accepted' as const };
  },
});

const getTransferStatus = query({
  title: { en: 'Query a transfer', zh: '查询汇款状态' },
  method: 'GET',
  path: '/transfers/status',
  query: ['uetr', 'idempotencyKey'],
  input: Type.Object({
    uetr: Type.Optional(Type.String()),
    idempotencyKey: Type.Optional(Type.String({ description: 'Default is the Idempotency-Key header' })),
  }),
  output: Status,
  handle: ({ uetr, idempotencyKey }, { records, headerKey, effectOf, now }) => {
    const answer = effectOf(idempotencyKey ?? headerKey ?? '')?.answer;
    const ofKey: { uetr?: string } = answer ? JSON.parse(answer) : {};
    const id = uetr ?? ofKey.uetr ?? '';
    const found = records.get<Transfer>('transfer', id);
    return found === undefined ? { uetr: id, status: 'unknown' as const } : statusOf(found, now);
  },
});

const requestRecall = change({
  title: { en: 'Recall: send camt.056', zh: '发起撤汇 camt.056' },
  method: 'POST',
  path: '/transfers/{uetr}/recall',
  input: Type.Object({ uetr: Type.String(), reason: Type.Optional(ShortText), ...callback }),
  output: Status,
  handle: ({ uetr, callbackUrl, correlation = uetr }, { records, now, sendReceipt }) => {
    const found = records.get<Transfer>('transfer', uetr);
    if (found === undefined) throw new Refusal('NOT_FOUND', `no transfer ${uetr}`);
    if (found.recalledAt !== undefined) throw new Refusal('STATE_CONFLICT', `transfer ${uetr} was recalled`);
    const recalled: Transfer = { ...found, recalledAt: now + DEFAULT_RECEIPT_MS };
    records.put('transfer', uetr, recalled);
    const payload: Static<typeof Status> = { uetr, status: 'returned' };
    if (callbackUrl !== undefined) {
      sendReceipt({ id: `${uetr}-pacs.004`, url: callbackUrl, correlation, payload, delayMs: DEFAULT_RECEIPT_MS });
    }
    return statusOf(recalled, now);
  },
});

function statusOf({ uetr, final, finalAt, recalledAt }: Transfer, now: number): Static<typeof Status> {
  if (recalledAt !== undefined && now >= recalledAt) return { uetr, status: 'returned' };
  return { uetr, status: final !== 'none' && now >= finalAt ? final : 'accepted' };
}

/** A UUID of version 4 in form, made from the id so that the same call gets the same one. */
function uetrOf(derivedId: string): string {
  const hex = derivedId.toLowerCase().padEnd(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** 国际汇款报文. */
export const swiftGw: Service = {
  id: 'swift-gw',
  title: { en: 'SWIFT gateway', zh: 'SWIFT 网关' },
  owner: 'settlement',
  operations: { sendCreditTransfer, getTransferStatus, requestRecall, getOutcome },
};
