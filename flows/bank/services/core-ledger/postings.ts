import Type, { type Static } from 'typebox';
import { toInstant } from '../../clock.ts';
import { AccountNo, AllowMissing, Amount, Currency, PositiveAmount, SerialNo, ShortText } from '../../fields.ts';
import type { PostingInput } from '../../ledger/ledger.ts';
import type { Voucher } from '../../ledger/rows.ts';
import { fromFen, toFen } from '../../money.ts';
import { type ChangeContext, change } from '../../operation.ts';
import { internal } from '../../seed/accounts.ts';

export const serialHeader = { serialNo: 'X-Serial-Number' } as const;
const ContraAccountNo = Type.String({
  ...AccountNo,
  description: `The other side 对方科目; default ${internal.clearing}`,
});

const shared = {
  accountNo: AccountNo,
  amount: PositiveAmount,
  currency: Type.Optional(Currency),
  contraAccountNo: Type.Optional(ContraAccountNo),
  summary: Type.Optional(ShortText),
  serialNo: Type.Optional(SerialNo),
};

export const Posted = Type.Object({
  serialNo: SerialNo,
  debitAccountNo: AccountNo,
  creditAccountNo: AccountNo,
  amount: Amount,
  currency: Currency,
  balance: Amount,
  availableBalance: Amount,
  postedAt: Type.String(),
});

export const debit = change({
  title: { en: 'Debit an account', zh: '借记扣款' },
  method: 'POST',
  path: '/accounts/{accountNo}/debit',
  headers: serialHeader,
  movesMoney: true,
  input: Type.Object({
    ...shared,
    holdId: Type.Optional(
      Type.String({ ...SerialNo, description: 'Hold to use up; what it holds beyond the amount is freed' }),
    ),
  }),
  output: Posted,
  handle: (input, context) => {
    const voucher = voucherOf(input, context);
    context.ledger.debit(voucher, postingOf(input));
    return postedOf(context, voucher.serialNo, input.accountNo);
  },
});

export const credit = change({
  title: { en: 'Credit an account', zh: '贷记入账' },
  method: 'POST',
  path: '/accounts/{accountNo}/credit',
  headers: serialHeader,
  movesMoney: true,
  input: Type.Object(shared),
  output: Posted,
  handle: (input, context) => {
    const voucher = voucherOf(input, context);
    context.ledger.credit(voucher, postingOf(input));
    return postedOf(context, voucher.serialNo, input.accountNo);
  },
});

export const reverse = change({
  title: { en: 'Reverse an entry', zh: '冲正' },
  method: 'POST',
  path: '/entries/{originalSerialNo}/reverse',
  headers: serialHeader,
  movesMoney: true,
  input: Type.Object({
    originalSerialNo: SerialNo,
    reason: Type.Optional(ShortText),
    allowMissing: Type.Optional(AllowMissing),
    serialNo: Type.Optional(SerialNo),
  }),
  output: Type.Object({
    serialNo: SerialNo,
    originalSerialNo: SerialNo,
    status: Type.Enum(['reversed', 'nothing-to-reverse']),
    amount: Amount,
    currency: Currency,
  }),
  handle: ({ originalSerialNo, reason = 'reversal', allowMissing = false, serialNo }, context) => {
    const { ledger } = context;
    const voucher = voucherOf({ serialNo }, context);
    const answer = { serialNo: voucher.serialNo, originalSerialNo, currency: 'CNY' as const };
    if (allowMissing && ledger.journal.find(originalSerialNo) === undefined) {
      ledger.journal.block(originalSerialNo, voucher);
      return { ...answer, status: 'nothing-to-reverse' as const, amount: fromFen(0) };
    }
    const { amount } = ledger.reverse(voucher, { originalSerialNo, reason });
    return { ...answer, status: 'reversed' as const, amount: fromFen(amount) };
  },
});

export function voucherOf({ serialNo }: { serialNo?: string | undefined }, context: ChangeContext): Voucher {
  const { service, key, now, derivedId } = context;
  return { service, key, now, serialNo: serialNo ?? derivedId };
}

interface PostingFields {
  readonly accountNo: string;
  readonly amount: string;
  readonly contraAccountNo?: string | undefined;
  readonly summary?: string | undefined;
  readonly holdId?: string | undefined;
}

function postingOf({ accountNo, amount, contraAccountNo, summary, holdId }: PostingFields): PostingInput {
  const contra = contraAccountNo ?? internal.clearing;
  return { accountNo, amount: toFen(amount), contraAccountNo: contra, note: summary ?? '', holdId };
}

/** The answer after a posting: the entry, and what the account has now. */
function postedOf({ ledger, now }: ChangeContext, serialNo: string, accountNo: string): Static<typeof Posted> {
  const entry = ledger.journal.find(serialNo);
  const { balance, held } = ledger.accounts.get(accountNo);
  return {
    serialNo,
    debitAccountNo: entry?.debitAccountNo ?? '',
    creditAccountNo: entry?.creditAccountNo ?? '',
    amount: fromFen(entry?.amount ?? 0),
    currency: 'CNY',
    balance: fromFen(balance),
    availableBalance: fromFen(balance - held),
    postedAt: toInstant(now),
  };
}
