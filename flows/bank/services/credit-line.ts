import Type, { type Static } from 'typebox';
import { AllowMissing, Amount, CustomerId, Identifier, PositiveAmount, ShortText } from '../fields.ts';
import { fromFen, toFen } from '../money.ts';
import { change, query, type Service } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import type { RecordReader } from '../store/records.ts';
import { getOutcome } from './outcome.ts';
import { requireCustomer } from './require-customer.ts';

/** A line of credit in fen. `reserved` is tried and not yet confirmed. */
interface Line {
  readonly total: number;
  readonly used: number;
  readonly reserved: number;
  readonly status: 'active' | 'frozen';
}

interface Reservation {
  readonly reservationId: string;
  readonly customerId: string;
  readonly amount: number;
  readonly status: 'reserved' | 'confirmed' | 'cancelled';
}

const totalYuan = { retail: '300000.00', corporate: '20000000.00' } as const;

const LineAnswer = Type.Object({
  customerId: CustomerId,
  total: Amount,
  used: Amount,
  reserved: Amount,
  available: Amount,
  status: Type.Enum(['active', 'frozen']),
});

const Reserved = Type.Object({
  reservationId: Identifier,
  status: Type.Enum(['reserved', 'confirmed', 'cancelled', 'nothing-to-cancel']),
  amount: Amount,
});

const getLine = query({
  title: { en: 'Get a credit line', zh: '查询授信额度' },
  method: 'GET',
  path: '/lines/{customerId}',
  input: Type.Object({ customerId: CustomerId }),
  output: LineAnswer,
  handle: ({ customerId }, { records }) => answerOf(customerId, lineOf(customerId, records)),
});

const reserveLine = change({
  title: { en: 'Try: reserve part of a line', zh: '额度预占 (Try)' },
  method: 'POST',
  path: '/reservations',
  input: Type.Object({
    customerId: CustomerId,
    amount: PositiveAmount,
    reservationId: Type.Optional(Type.String({ ...Identifier, description: "The caller's own name for it" })),
  }),
  output: Reserved,
  handle: ({ customerId, amount, reservationId }, { records, derivedId }) => {
    const id = reservationId ?? derivedId;
    const earlier = records.get<Reservation>('reservation', id);
    if (earlier !== undefined) throw new Refusal('STATE_CONFLICT', `reservation ${id} is ${earlier.status}`);
    const line = lineOf(customerId, records);
    const fen = toFen(amount);
    if (line.status === 'frozen') throw new Refusal('BLOCKED', `the line of ${customerId} is frozen`);
    if (line.total - line.used - line.reserved < fen)
      throw new Refusal('LIMIT_EXCEEDED', `the line of ${customerId} is exceeded`);
    records.put('line', customerId, { ...line, reserved: line.reserved + fen });
    const reservation: Reservation = { reservationId: id, customerId, amount: fen, status: 'reserved' };
    records.put('reservation', id, reservation);
    return { reservationId: id, status: 'reserved' as const, amount: fromFen(fen) };
  },
});

const confirmLine = change({
  title: { en: 'Confirm: use what was reserved', zh: '额度占用 (Confirm)' },
  method: 'POST',
  path: '/reservations/{reservationId}/confirm',
  input: Type.Object({ reservationId: Identifier }),
  output: Reserved,
  handle: ({ reservationId }, { records }) => {
    const found = requireReserved(reservationId, records);
    const line = lineOf(found.customerId, records);
    const moved = { used: line.used + found.amount, reserved: line.reserved - found.amount };
    records.put('line', found.customerId, { ...line, ...moved });
    records.put('reservation', reservationId, { ...found, status: 'confirmed' });
    return { reservationId, status: 'confirmed' as const, amount: fromFen(found.amount) };
  },
});

const cancelLine = change({
  title: { en: 'Cancel: give back, reserved or used', zh: '额度释放 (Cancel)' },
  method: 'POST',
  path: '/reservations/{reservationId}/cancel',
  input: Type.Object({ reservationId: Identifier, allowMissing: Type.Optional(AllowMissing) }),
  output: Reserved,
  handle: ({ reservationId, allowMissing = false }, { records }) => {
    const found = records.get<Reservation>('reservation', reservationId);
    if (found === undefined) {
      if (!allowMissing) throw new Refusal('NOT_FOUND', `no reservation ${reservationId}`);
      const blocked: Reservation = { reservationId, customerId: '', amount: 0, status: 'cancelled' };
      records.put('reservation', reservationId, blocked);
      return { reservationId, status: 'nothing-to-cancel' as const, amount: fromFen(0) };
    }
    if (found.status === 'cancelled') throw new Refusal('STATE_CONFLICT', `reservation ${reservationId} is cancelled`);
    const line = lineOf(found.customerId, records);
    const from = found.status === 'confirmed' ? 'used' : 'reserved';
    records.put('line', found.customerId, { ...line, [from]: line[from] - found.amount });
    records.put('reservation', reservationId, { ...found, status: 'cancelled' });
    return { reservationId, status: 'cancelled' as const, amount: fromFen(found.amount) };
  },
});

const freezeLine = change({
  title: { en: 'Freeze a line', zh: '冻结额度' },
  method: 'POST',
  path: '/lines/{customerId}/freeze',
  input: Type.Object({ customerId: CustomerId, reason: ShortText }),
  output: LineAnswer,
  handle: ({ customerId }, { records }) => {
    const line: Line = { ...lineOf(customerId, records), status: 'frozen' };
    records.put('line', customerId, line);
    return answerOf(customerId, line);
  },
});

const unfreezeLine = change({
  title: { en: 'Unfreeze a line', zh: '解冻额度' },
  method: 'POST',
  path: '/lines/{customerId}/unfreeze',
  input: Type.Object({ customerId: CustomerId, reason: Type.Optional(ShortText) }),
  output: LineAnswer,
  handle: ({ customerId }, { records }) => {
    const line: Line = { ...lineOf(customerId, records), status: 'active' };
    records.put('line', customerId, line);
    return answerOf(customerId, line);
  },
});

function lineOf(customerId: string, records: RecordReader): Line {
  const { kind } = requireCustomer(customerId);
  const fresh: Line = { total: toFen(totalYuan[kind]), used: 0, reserved: 0, status: 'active' };
  return records.get<Line>('line', customerId) ?? fresh;
}

function answerOf(customerId: string, { total, used, reserved, status }: Line): Static<typeof LineAnswer> {
  const amounts = { total: fromFen(total), used: fromFen(used), reserved: fromFen(reserved) };
  return { customerId, ...amounts, available: fromFen(total - used - reserved), status };
}

function requireReserved(reservationId: string, records: RecordReader): Reservation {
  const found = records.get<Reservation>('reservation', reservationId);
  if (found === undefined) throw new Refusal('NOT_FOUND', `no reservation ${reservationId}`);
  if (found.status !== 'reserved')
    throw new Refusal('STATE_CONFLICT', `reservation ${reservationId} is ${found.status}`);
  return found;
}

/** 额度: try, confirm, cancel; and the freeze that a risk warning asks for. */
export const creditLine: Service = {
  id: 'credit-line',
  title: { en: 'Credit line', zh: '额度' },
  owner: 'credit',
  operations: { getLine, reserveLine, confirmLine, cancelLine, freezeLine, unfreezeLine, getOutcome },
};
