import { Decimal } from 'decimal.js';
import Type, { type Static } from 'typebox';
import { Amount, Day } from '../../fields.ts';

export const Instalment = Type.Object({
  number: Type.Integer(),
  dueOn: Day,
  principal: Amount,
  interest: Amount,
  total: Amount,
});

interface Terms {
  readonly amount: string;
  /** Per year, as a decimal: `"0.0435"`. */
  readonly annualRate: string;
  readonly months: number;
  readonly firstDay: string;
}

/** 等额本息: equal instalments; the last one takes up what rounding to fen has left. */
export function scheduleOf({ amount, annualRate, months, firstDay }: Terms): readonly Static<typeof Instalment>[] {
  const monthly = new Decimal(annualRate).div(12);
  const growth = monthly.plus(1).pow(months);
  const level = monthly.isZero()
    ? new Decimal(amount).div(months)
    : new Decimal(amount).times(monthly).times(growth).div(growth.minus(1));
  let rest = new Decimal(amount);
  return Array.from({ length: months }, (_, index) => {
    const interest = rest.times(monthly).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
    const principal = index === months - 1 ? rest : level.minus(interest).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
    rest = rest.minus(principal);
    const parts = {
      principal: principal.toFixed(2),
      interest: interest.toFixed(2),
      total: principal.plus(interest).toFixed(2),
    };
    return { number: index + 1, dueOn: addMonths(firstDay, index + 1), ...parts };
  });
}

/** The same day of a later month, or that month's last day. */
function addMonths(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const lastDate = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, lastDate))).toISOString().slice(0, 10);
}
