import Type, { type Static } from 'typebox';
import { AccountNo, Identifier, PositiveAmount } from '../../fields.ts';
import { type ChangeContext, change, query } from '../../operation.ts';
import { Refusal } from '../../refusal.ts';
import { requireBill } from './bills.ts';
import { BillNo, requireLock } from './intervals.ts';

/** A request to the other side of a bill, which answers later or never. Its state follows from the clock. */
interface Request {
  readonly requestId: string;
  readonly kind: 'discount' | 'presentation';
  readonly billNo: string;
  readonly final: 'signed' | 'paid' | 'refused' | 'none';
  readonly finalAt: number;
  readonly isWithdrawn: boolean;
}

const DEFAULT_RECEIPT_MS = 200;
const outcomeHelp =
  'The last digit of the bill number rehearses the other side: 1 refuses, 2 never answers, any other agrees';

const callback = {
  callbackUrl: Type.Optional(Type.String({ maxLength: 512, description: 'Where the answer goes; this machine only' })),
  correlation: Type.Optional(
    Type.String({ ...Identifier, description: 'Comes back in the receipt; default is the request id' }),
  ),
  receiptDelayMs: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 86_400_000, description: `Default ${DEFAULT_RECEIPT_MS}` }),
  ),
};

const RequestAnswer = Type.Object({
  requestId: Identifier,
  kind: Type.Enum(['discount', 'presentation']),
  billNo: Type.String(),
  status: Type.Enum(['waiting', 'signed', 'paid', 'refused', 'withdrawn']),
});

export const submitDiscount = change({
  title: { en: 'Submit a discount to be signed', zh: '提交贴现申请' },
  method: 'POST',
  path: '/discounts',
  input: Type.Object({
    lockId: Type.String({ ...Identifier, description: `${outcomeHelp} (签收)` }),
    amountPaid: PositiveAmount,
    payeeAccountNo: AccountNo,
    requestId: Type.Optional(Type.String({ ...Identifier, description: "The caller's own name for it" })),
    ...callback,
  }),
  output: RequestAnswer,
  handle: ({ lockId, requestId, callbackUrl, correlation, receiptDelayMs }, context) => {
    const { billNo, status } = requireLock(lockId, context.records);
    if (status !== 'locked') throw new Refusal('STATE_CONFLICT', `lock ${lockId} is ${status}`);
    const callTo = { callbackUrl, correlation, receiptDelayMs };
    return submit(context, { kind: 'discount', billNo, agreed: 'signed', requestId, ...callTo });
  },
});

export const presentBill = change({
  title: { en: 'Present a bill for payment', zh: '提示付款' },
  method: 'POST',
  path: '/presentations',
  input: Type.Object({ billNo: Type.String({ ...BillNo, description: `${outcomeHelp} (付款)` }), ...callback }),
  output: RequestAnswer,
  handle: ({ billNo, callbackUrl, correlation, receiptDelayMs }, context) => {
    requireBill(billNo);
    return submit(context, { kind: 'presentation', billNo, agreed: 'paid', callbackUrl, correlation, receiptDelayMs });
  },
});

export const withdrawRequest = change({
  title: { en: 'Withdraw a discount or presentation', zh: '撤回申请' },
  method: 'POST',
  path: '/requests/{requestId}/withdraw',
  input: Type.Object({
    requestId: Identifier,
    allowMissing: Type.Optional(
      Type.Boolean({ description: 'Succeed too if there is nothing to withdraw: never submitted, or refused already' }),
    ),
  }),
  output: Type.Object({ requestId: Identifier, status: Type.Enum(['withdrawn', 'nothing-to-withdraw']) }),
  handle: ({ requestId, allowMissing = false }, { records, now }) => {
    const found = records.get<Request>('request', requestId);
    if (found === undefined) {
      if (!allowMissing) throw new Refusal('NOT_FOUND', `no request ${requestId}`);
      const nothing = { kind: 'discount', billNo: '', final: 'none', finalAt: now, isWithdrawn: true } as const;
      records.put('request', requestId, { requestId, ...nothing });
      return { requestId, status: 'nothing-to-withdraw' as const };
    }
    const { status } = answerOf(found, now);
    if (allowMissing && status === 'refused') return { requestId, status: 'nothing-to-withdraw' as const };
    if (status !== 'waiting') throw new Refusal('STATE_CONFLICT', `request ${requestId} is ${status}`);
    const withdrawn: Request = { ...found, isWithdrawn: true };
    records.put('request', requestId, withdrawn);
    return { requestId, status: 'withdrawn' as const };
  },
});

export const getRequestStatus = query({
  title: { en: 'Query a discount or presentation', zh: '查询申请状态' },
  method: 'GET',
  path: '/requests/{requestId}',
  input: Type.Object({ requestId: Identifier }),
  output: RequestAnswer,
  handle: ({ requestId }, { records, now }) => {
    const found = records.get<Request>('request', requestId);
    if (found === undefined) throw new Refusal('NOT_FOUND', `no request ${requestId}`);
    return answerOf(found, now);
  },
});

interface Submission {
  readonly kind: Request['kind'];
  readonly billNo: string;
  readonly agreed: 'signed' | 'paid';
  readonly requestId?: string | undefined;
  readonly callbackUrl: string | undefined;
  readonly correlation: string | undefined;
  readonly receiptDelayMs: number | undefined;
}

function submit(context: ChangeContext, submission: Submission): Static<typeof RequestAnswer> {
  const { derivedId, now, records, sendReceipt } = context;
  const { kind, billNo, agreed, requestId = derivedId, ...callTo } = submission;
  if (records.get('request', requestId) !== undefined)
    throw new Refusal('STATE_CONFLICT', `request ${requestId} was submitted or withdrawn before`);
  const lastDigit = billNo.slice(-1);
  const final = lastDigit === '1' ? 'refused' : lastDigit === '2' ? 'none' : agreed;
  const delayMs = callTo.receiptDelayMs ?? DEFAULT_RECEIPT_MS;
  const request: Request = { requestId, kind, billNo, final, finalAt: now + delayMs, isWithdrawn: false };
  records.put('request', requestId, request);
  if (callTo.callbackUrl !== undefined && final !== 'none') {
    const payload = answerOf(request, request.finalAt);
    const correlation = callTo.correlation ?? requestId;
    sendReceipt({ id: `${requestId}-answer`, url: callTo.callbackUrl, correlation, payload, delayMs });
  }
  return { requestId, kind, billNo, status: 'waiting' };
}

function answerOf(
  { requestId, kind, billNo, final, finalAt, isWithdrawn }: Request,
  now: number,
): Static<typeof RequestAnswer> {
  const status = final !== 'none' && now >= finalAt ? final : 'waiting';
  return { requestId, kind, billNo, status: isWithdrawn ? 'withdrawn' : status };
}
