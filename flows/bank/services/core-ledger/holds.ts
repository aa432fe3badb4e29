import Type from 'typebox';
import { AccountNo, AllowMissing, Amount, Currency, PositiveAmount, SerialNo, ShortText } from '../../fields.ts';
import { fromFen, toFen } from '../../money.ts';
import { change } from '../../operation.ts';
import { serialHeader, voucherOf } from './postings.ts';

export const hold = change({
  title: { en: 'Hold an amount', zh: '冻结' },
  method: 'POST',
  path: '/accounts/{accountNo}/holds',
  headers: serialHeader,
  input: Type.Object({
    accountNo: AccountNo,
    amount: PositiveAmount,
    currency: Type.Optional(Currency),
    reason: Type.Optional(ShortText),
    serialNo: Type.Optional(SerialNo),
  }),
  output: Type.Object({
    holdId: Type.String({ ...SerialNo, description: 'The serial number that placed it' }),
    serialNo: SerialNo,
    status: Type.Literal('open'),
    accountNo: AccountNo,
    amount: Amount,
    currency: Currency,
    availableBalance: Amount,
  }),
  handle: ({ accountNo, amount, reason = '', serialNo }, context) => {
    const voucher = voucherOf({ serialNo }, context);
    context.ledger.holds.place(voucher, { accountNo, amount: toFen(amount), reason });
    const { balance, held } = context.ledger.accounts.get(accountNo);
    const id = voucher.serialNo;
    return {
      ...{ holdId: id, serialNo: id, status: 'open' as const, accountNo },
      ...{ amount: fromFen(toFen(amount)), currency: 'CNY' as const, availableBalance: fromFen(balance - held) },
    };
  },
});

export const unhold = change({
  title: { en: 'Release a hold', zh: '解冻' },
  method: 'POST',
  path: '/holds/{holdId}/release',
  headers: serialHeader,
  input: Type.Object({
    holdId: SerialNo,
    allowMissing: Type.Optional(AllowMissing),
    serialNo: Type.Optional(SerialNo),
  }),
  output: Type.Object({
    holdId: SerialNo,
    serialNo: SerialNo,
    status: Type.Enum(['released', 'nothing-to-release']),
    amount: Amount,
    currency: Currency,
  }),
  handle: ({ holdId, allowMissing = false, serialNo }, context) => {
    const { ledger } = context;
    const voucher = voucherOf({ serialNo }, context);
    const answer = { holdId, serialNo: voucher.serialNo, currency: 'CNY' as const };
    if (allowMissing && ledger.journal.find(holdId) === undefined) {
      ledger.journal.block(holdId, voucher);
      return { ...answer, status: 'nothing-to-release' as const, amount: fromFen(0) };
    }
    const { amount } = ledger.holds.release(voucher, holdId);
    return { ...answer, status: 'released' as const, amount: fromFen(amount) };
  },
});
