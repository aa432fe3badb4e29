import Type from 'typebox';
import { toDay } from '../clock.ts';
import { AllowMissing, Amount, Currency, CustomerId, Identifier, PositiveAmount } from '../fields.ts';
import { fromFen, toFen } from '../money.ts';
import { change, query, type Service } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import type { RecordReader, Records } from '../store/records.ts';
import { getOutcome } from './outcome.ts';
import { requireCustomer } from './require-customer.ts';

/** What may be paid out of all accounts of a customer in a day. C0199 has none, so it is always exceeded. */
const dailyYuan = { retail: '500000.00', corporate: '50000000.00' } as const;

interface Reservation {
  readonly reservationId: string;
  readonly customerId: string;
  readonly amount: number;
  readonly day: string;
  readonly status: 'reserved' | 'released';
}

const Day = Type.Object({
  customerId: CustomerId,
  day: Type.String(),
  daily: Amount,
  used: Amount,
  available: Amount,
  currency: Currency,
});

const getLimit = query({
  title: { en: 'Get the daily limit', zh: '查询当日限额' },
  method: 'GET',
  path: '/customers/{customerId}',
  input: Type.Object({ customerId: CustomerId }),
  output: Day,
  handle: ({ customerId }, { records, now }) => {
    const [daily, used] = [dailyLimit(customerId), usedOn(records, customerId, toDay(now))];
    const amounts = { daily: fromFen(daily), used: fromFen(used), available: fromFen(daily - used) };
    return { customerId, day: toDay(now), ...amounts, currency: 'CNY' as const };
  },
});

const reserveLimit = change({
  title: { en: 'Reserve part of the daily limit', zh: '占用限额' },
  method: 'POST',
  path: '/reservations',
  input: Type.Object({
    customerId: CustomerId,
    amount: PositiveAmount,
    currency: Type.Optional(Currency),
    reservationId: Type.Optional(Type.String({ ...Identifier, description: "The caller's own name for it" })),
  }),
  output: Type.Object({
    reservationId: Identifier,
    status: Type.Literal('reserved'),
    amount: Amount,
    available: Amount,
  }),
  handle: ({ customerId, amount, reservationId }, { records, now, derivedId }) => {
    const id = reservationId ?? derivedId;
    const earlier = records.get<Reservation>('reservation', id);
    if (earlier !== undefined) throw new Refusal('STATE_CONFLICT', `reservation ${id} is ${earlier.status}`);
    const day = toDay(now);
    const fen = toFen(amount);
    const available = dailyLimit(customerId) - usedOn(records, customerId, day) - fen;
    if (available < 0)
      throw new Refusal('LIMIT_EXCEEDED', `the daily limit of ${customerId} is exceeded by ${fromFen(-available)}`);
    const reservation: Reservation = { reservationId: id, customerId, amount: fen, day, status: 'reserved' };
    records.put('reservation', id, reservation);
    changeUsed(records, reservation, fen);
    return { reservationId: id, status: 'reserved' as const, amount: fromFen(fen), available: fromFen(available) };
  },
});

const releaseLimit = change({
  title: { en: 'Give back a reservation', zh: '释放限额' },
  method: 'POST',
  path: '/reservations/{reservationId}/release',
  input: Type.Object({ reservationId: Identifier, allowMissing: Type.Optional(AllowMissing) }),
  output: Type.Object({
    reservationId: Identifier,
    status: Type.Enum(['released', 'nothing-to-release']),
    amount: Amount,
  }),
  handle: ({ reservationId, allowMissing = false }, { records, now }) => {
    const found = records.get<Reservation>('reservation', reservationId);
    if (found === undefined) {
      if (!allowMissing) throw new Refusal('NOT_FOUND', `no reservation ${reservationId}`);
      const blocked: Reservation = { reservationId, customerId: '', amount: 0, day: toDay(now), status: 'released' };
      records.put('reservation', reservationId, blocked);
      return { reservationId, status: 'nothing-to-release' as const, amount: fromFen(0) };
    }
    if (found.status !== 'reserved')
      throw new Refusal('STATE_CONFLICT', `reservation ${reservationId} is ${found.status}`);
    records.put('reservation', reservationId, { ...found, status: 'released' });
    changeUsed(records, found, -found.amount);
    return { reservationId, status: 'released' as const, amount: fromFen(found.amount) };
  },
});

const getReservation = query({
  title: { en: 'Get a reservation', zh: '查询限额占用' },
  method: 'GET',
  path: '/reservations/{reservationId}',
  input: Type.Object({ reservationId: Identifier }),
  output: Type.Object({
    reservationId: Identifier,
    customerId: Type.String(),
    amount: Amount,
    day: Type.String(),
    status: Type.Enum(['reserved', 'released']),
  }),
  handle: ({ reservationId }, { records }) => {
    const found = records.get<Reservation>('reservation', reservationId);
    if (found === undefined) throw new Refusal('NOT_FOUND', `no reservation ${reservationId}`);
    return { ...found, amount: fromFen(found.amount) };
  },
});

function dailyLimit(customerId: string): number {
  const { kind } = requireCustomer(customerId);
  return customerId === 'C0199' ? 0 : toFen(dailyYuan[kind]);
}

/** Kept as a sum, because summing up the day's reservations would make the thousandth of the day slow. */
function usedOn(records: RecordReader, customerId: string, day: string): number {
  return records.get<{ used: number }>('used', `${customerId}/${day}`)?.used ?? 0;
}

function changeUsed(records: Records, of: Reservation, fen: number): void {
  records.put('used', `${of.customerId}/${of.day}`, { used: usedOn(records, of.customerId, of.day) + fen });
}

/** 限额: how much may leave in a day. */
export const limit: Service = {
  id: 'limit',
  title: { en: 'Limits', zh: '限额' },
  owner: 'risk-control',
  operations: { getLimit, reserveLimit, getReservation, releaseLimit, getOutcome },
};
