import Type from 'typebox';
import { toInstant } from '../../clock.ts';
import {
  AllowMissing,
  Amount,
  Currency,
  IdempotencyKey,
  Identifier,
  Instant,
  PositiveAmount,
  ShortText,
} from '../../fields.ts';
import { fromFen, toFen } from '../../money.ts';
import { type ChangeContext, change, query, type Service } from '../../operation.ts';
import { Refusal } from '../../refusal.ts';
import type { Title } from '../../title.ts';
import { getOutcome } from '../outcome.ts';
import { patternHelp, patternOf } from './pattern.ts';
import { type Payment, PaymentStatus, statusOf } from './payment.ts';

interface Network {
  readonly id: string;
  readonly title: Title;
  readonly messageType: string;
  /** The network refuses more than this, in yuan. */
  readonly maxYuan?: string;
}

const DEFAULT_RECEIPT_MS = 100;

const SendInput = Type.Object({
  payerAccountNo: ShortText,
  payerName: Type.Optional(ShortText),
  payeeAccountNo: Type.String({ minLength: 4, maxLength: 34, description: patternHelp }),
  payeeName: ShortText,
  payeeBankNo: Type.Optional(Type.String({ pattern: '^[0-9]{12}$', description: '联行号' })),
  amount: PositiveAmount,
  currency: Type.Optional(Currency),
  purpose: Type.Optional(ShortText),
  reference: Type.Optional(
    Type.String({ ...Identifier, description: "The caller's unique name for it; default is made from the key" }),
  ),
  callbackUrl: Type.Optional(
    Type.String({ maxLength: 512, description: 'Where the receipt 回执 goes; this machine only' }),
  ),
  correlation: Type.Optional(
    Type.String({ ...Identifier, description: 'Comes back in the receipt; default is the reference' }),
  ),
  receiptDelayMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 86_400_000,
      description: `How long the network takes; default ${DEFAULT_RECEIPT_MS}`,
    }),
  ),
});

type SendInput = Type.Static<typeof SendInput>;

/** A payment network: accepts, and tells later what became of it, by a receipt or when asked. */
export function paygate({ id, title, messageType, maxYuan }: Network): Service {
  const sendPayment = change({
    title: { en: 'Send a payment', zh: '往账发送' },
    method: 'POST',
    path: '/payments',
    safety: 'query',
    movesMoney: true,
    input: SendInput,
    output: Type.Object({
      paymentId: Identifier,
      reference: Identifier,
      status: Type.Literal('accepted'),
      messageType: Type.String(),
      amount: Amount,
      currency: Currency,
      acceptedAt: Instant,
    }),
    handle: (input, context) => {
      if (maxYuan !== undefined && toFen(input.amount) > toFen(maxYuan)) {
        throw new Refusal('LIMIT_EXCEEDED', `${id} takes at most ${maxYuan}`);
      }
      const payment = paymentOf(input, context, messageType);
      const { paymentId, reference, amount } = payment;
      if (context.records.get('by-reference', reference) !== undefined) {
        throw new Refusal('STATE_CONFLICT', `reference ${reference} was used for another payment`);
      }
      context.records.put('payment', paymentId, payment);
      context.records.put('by-reference', reference, { paymentId });
      sendReceipt(input, payment, context);
      const answer = { paymentId, reference, status: 'accepted' as const, messageType, amount: fromFen(amount) };
      return { ...answer, currency: 'CNY' as const, acceptedAt: toInstant(context.now) };
    },
  });

  const getPaymentStatus = query({
    title: { en: 'Query the status of a payment', zh: '往账状态查询' },
    method: 'GET',
    path: '/payments/status',
    query: ['idempotencyKey', 'reference', 'paymentId'],
    input: Type.Object({
      idempotencyKey: Type.Optional(
        Type.String({ ...IdempotencyKey, description: 'Of sendPayment; default is the Idempotency-Key header' }),
      ),
      reference: Type.Optional(Identifier),
      paymentId: Type.Optional(Identifier),
    }),
    output: PaymentStatus,
    handle: ({ idempotencyKey, reference, paymentId }, { records, headerKey, effectOf, now }) => {
      const ofReference =
        reference === undefined ? undefined : records.get<{ paymentId: string }>('by-reference', reference);
      const key = idempotencyKey ?? (reference === undefined && paymentId === undefined ? headerKey : undefined);
      const answer = key === undefined ? undefined : effectOf(key)?.answer;
      const ofKey: { paymentId?: string } = answer ? JSON.parse(answer) : {};
      const found = records.get<Payment>('payment', paymentId ?? ofReference?.paymentId ?? ofKey.paymentId ?? '');
      return found === undefined ? { isKnown: false, status: 'unknown' as const } : statusOf(found, now);
    },
  });

  return { id, title, owner: 'payments', operations: { sendPayment, getPaymentStatus, recallPayment, getOutcome } };
}

/** 撤销: only while it waits in a queue (…9902, …9903). What is settled, or about to be, comes back by a return payment only. */
const recallPayment = change({
  title: { en: 'Recall a payment that is not settled', zh: '往账撤销' },
  method: 'POST',
  path: '/payments/{reference}/recall',
  input: Type.Object({ reference: Identifier, allowMissing: Type.Optional(AllowMissing) }),
  output: Type.Object({ reference: Identifier, status: Type.Enum(['recalled', 'nothing-to-recall']) }),
  handle: ({ reference, allowMissing = false }, { records }) => {
    const ofReference = records.get<{ paymentId: string }>('by-reference', reference);
    if (ofReference === undefined) {
      if (!allowMissing) throw new Refusal('NOT_FOUND', `no payment ${reference}`);
      records.put('by-reference', reference, { paymentId: '' });
      return { reference, status: 'nothing-to-recall' as const };
    }
    const payment = records.get<Payment>('payment', ofReference.paymentId);
    if (payment === undefined || payment.isRecalled === true || payment.final === 'rejected')
      return { reference, status: 'nothing-to-recall' as const };
    if (payment.final === 'settled') throw new Refusal('STATE_CONFLICT', `payment ${reference} cannot be recalled`);
    records.put('payment', payment.paymentId, { ...payment, isRecalled: true });
    return { reference, status: 'recalled' as const };
  },
});

function paymentOf(input: SendInput, { derivedId, now }: ChangeContext, messageType: string): Payment {
  const { final, reason, meanwhile = 'processing', extraMs = 0, receipt } = patternOf(input.payeeAccountNo);
  const delayMs = receipt === 'before-answer' ? 0 : (input.receiptDelayMs ?? DEFAULT_RECEIPT_MS);
  return {
    paymentId: derivedId,
    reference: input.reference ?? `REF-${derivedId}`,
    ...{ messageType, payerAccountNo: input.payerAccountNo, payeeAccountNo: input.payeeAccountNo },
    amount: toFen(input.amount),
    ...{ final, meanwhile, acceptedAt: now, finalAt: now + delayMs + extraMs },
    ...(reason !== undefined && { reason }),
  };
}

function sendReceipt(
  { callbackUrl, correlation, payeeAccountNo }: SendInput,
  payment: Payment,
  context: ChangeContext,
): void {
  const { receipt } = patternOf(payeeAccountNo);
  if (callbackUrl === undefined || receipt === 'none') return;
  const { paymentId, reference, finalAt } = payment;
  context.sendReceipt({
    id: `${paymentId}-receipt`,
    url: callbackUrl,
    correlation: correlation ?? reference,
    payload: statusOf(payment, finalAt),
    delayMs: finalAt - context.now,
    copies: receipt === 'twice' ? 2 : 1,
  });
  if (receipt === 'before-answer') context.answerAfterReceipts();
}
