import Type, { type Static } from 'typebox';
import { toInstant } from '../../clock.ts';
import { Amount, Currency, Identifier, Instant } from '../../fields.ts';
import { fromFen } from '../../money.ts';

/** A payment as the gateway keeps it. Its state is not stored but follows from the clock, so it survives any crash. */
export interface Payment {
  readonly paymentId: string;
  readonly reference: string;
  readonly messageType: string;
  readonly payerAccountNo: string;
  readonly payeeAccountNo: string;
  /** In fen. */
  readonly amount: number;
  readonly final: 'settled' | 'rejected' | 'none';
  readonly reason?: string;
  /** What a query says before the end. */
  readonly meanwhile: 'processing' | 'unknown';
  readonly acceptedAt: number;
  readonly finalAt: number;
  /** Recalled while the network still had it in its queue. */
  readonly isRecalled?: boolean;
}

export const PaymentStatus = Type.Object({
  isKnown: Type.Boolean({ description: 'false: nothing was ever received under this key, reference or id' }),
  status: Type.Enum(['settled', 'rejected', 'processing', 'unknown'], {
    description: 'unknown: there is no such payment, or the network cannot tell yet',
  }),
  paymentId: Type.Optional(Identifier),
  reference: Type.Optional(Identifier),
  messageType: Type.Optional(Type.String()),
  amount: Type.Optional(Amount),
  currency: Type.Optional(Currency),
  reason: Type.Optional(Type.String({ description: 'Why it was rejected' })),
  acceptedAt: Type.Optional(Instant),
  finalAt: Type.Optional(Instant),
});

/** What a query at `now` is told. */
export function statusOf(payment: Payment, now: number): Static<typeof PaymentStatus> {
  const { paymentId, reference, messageType, amount, meanwhile, acceptedAt, finalAt, isRecalled = false } = payment;
  const { final, reason } = isRecalled ? ({ final: 'rejected', reason: 'recalled' } as const) : payment;
  const ended = final !== 'none' && (isRecalled || now >= finalAt) ? final : undefined;
  const isFinal = ended !== undefined;
  return {
    isKnown: true,
    status: ended ?? meanwhile,
    ...{ paymentId, reference, messageType, amount: fromFen(amount), currency: 'CNY' as const },
    ...(isFinal && reason !== undefined && { reason }),
    acceptedAt: toInstant(acceptedAt),
    ...(isFinal && { finalAt: toInstant(finalAt) }),
  };
}
