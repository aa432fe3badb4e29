import Type from 'typebox';
import { AccountNo, Amount, Currency, PositiveAmount, SerialNo, ShortText } from '../../fields.ts';
import { fromFen, toFen } from '../../money.ts';
import { change } from '../../operation.ts';
import { internal } from '../../seed/accounts.ts';
import { serialHeader, voucherOf } from './postings.ts';

export const postSuspense = change({
  title: { en: 'Post to suspense', zh: '挂账' },
  method: 'POST',
  path: '/suspense',
  headers: serialHeader,
  movesMoney: true,
  input: Type.Object({
    accountNo: Type.Optional(
      Type.String({ ...AccountNo, description: `The other side; default ${internal.clearing}` }),
    ),
    amount: PositiveAmount,
    currency: Type.Optional(Currency),
    direction: Type.Optional(
      Type.Enum(['surplus', 'shortage'], {
        description: '长款 (default): money goes into suspense. 短款: it is taken from there',
      }),
    ),
    reason: ShortText,
    serialNo: Type.Optional(SerialNo),
  }),
  output: Type.Object({
    breakId: Type.String({ ...SerialNo, description: 'The serial number that posted it' }),
    serialNo: SerialNo,
    status: Type.Literal('open'),
    amount: Amount,
    currency: Currency,
  }),
  handle: ({ accountNo = internal.clearing, amount, direction = 'surplus', reason, serialNo }, context) => {
    const voucher = voucherOf({ serialNo }, context);
    const fen = toFen(amount);
    context.ledger.postSuspense(voucher, { accountNo, amount: fen, direction, reason });
    const { serialNo: breakId } = voucher;
    return { breakId, serialNo: breakId, status: 'open' as const, amount: fromFen(fen), currency: 'CNY' as const };
  },
});

export const clearSuspense = change({
  title: { en: 'Clear a break from suspense', zh: '销账' },
  method: 'POST',
  path: '/suspense/{breakId}/clear',
  headers: serialHeader,
  movesMoney: true,
  input: Type.Object({
    breakId: SerialNo,
    accountNo: Type.String({ ...AccountNo, description: 'Where a surplus goes, or who pays a shortage' }),
    reason: Type.Optional(ShortText),
    serialNo: Type.Optional(SerialNo),
  }),
  output: Type.Object({
    breakId: SerialNo,
    serialNo: SerialNo,
    status: Type.Literal('cleared'),
    amount: Amount,
    currency: Currency,
  }),
  handle: ({ breakId, accountNo, reason = '', serialNo }, context) => {
    const voucher = voucherOf({ serialNo }, context);
    const signedAmount = context.ledger.clearSuspense(voucher, { breakId, accountNo, reason });
    const amount = fromFen(Math.abs(signedAmount));
    return { breakId, serialNo: voucher.serialNo, status: 'cleared' as const, amount, currency: 'CNY' as const };
  },
});
