import { Decimal } from 'decimal.js';
import Type, { type Static } from 'typebox';
import { toInstant } from '../clock.ts';
import { Amount, Identifier, Instant, PositiveAmount } from '../fields.ts';
import { change, query, type Service } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import { getOutcome } from './outcome.ts';

const QUOTE_MS = 60_000;
/** Yuan for one unit: the bank's selling prices in the sample. */
const rates = { USD: '7.1325', EUR: '7.7410', GBP: '9.0152', JPY: '0.0478', HKD: '0.9137' } as const;

const ForeignCurrency = Type.Enum(['USD', 'EUR', 'GBP', 'JPY', 'HKD']);
const Quote = Type.Object({
  quoteId: Identifier,
  currency: ForeignCurrency,
  rate: Type.String(),
  foreignAmount: Amount,
  yuanAmount: Amount,
  status: Type.Enum(['open', 'locked', 'expired']),
  validUntil: Instant,
});

interface Stored extends Omit<Static<typeof Quote>, 'status' | 'validUntil'> {
  readonly isLocked: boolean;
  readonly validUntilMs: number;
}

const getRate = query({
  title: { en: 'Get the rate of a currency', zh: '查询牌价' },
  method: 'GET',
  path: '/rates/{currency}',
  input: Type.Object({ currency: ForeignCurrency }),
  output: Type.Object({ currency: ForeignCurrency, rate: Type.String({ description: 'Yuan for one unit' }) }),
  handle: ({ currency }) => ({ currency, rate: rates[currency] }),
});

const quote = change({
  title: { en: 'Quote, good for 60 seconds', zh: '询价 (60 秒有效)' },
  method: 'POST',
  path: '/quotes',
  input: Type.Object({ currency: ForeignCurrency, foreignAmount: PositiveAmount }),
  output: Quote,
  handle: ({ currency, foreignAmount }, { records, derivedId, now }) => {
    const foreign = new Decimal(foreignAmount);
    const yuan = foreign.times(rates[currency]).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
    const amounts = { foreignAmount: foreign.toFixed(2), yuanAmount: yuan.toFixed(2) };
    const ends = { isLocked: false, validUntilMs: now + QUOTE_MS };
    const stored: Stored = { quoteId: derivedId, currency, rate: rates[currency], ...amounts, ...ends };
    records.put('quote', derivedId, stored);
    return answerOf(stored, now);
  },
});

const lockQuote = change({
  title: { en: 'Lock a quote', zh: '锁汇' },
  method: 'POST',
  path: '/quotes/{quoteId}/lock',
  input: Type.Object({ quoteId: Identifier }),
  output: Quote,
  handle: ({ quoteId }, { records, now }) => {
    const found = records.get<Stored>('quote', quoteId);
    if (found === undefined) throw new Refusal('NOT_FOUND', `no quote ${quoteId}`);
    if (found.isLocked) throw new Refusal('STATE_CONFLICT', `quote ${quoteId} is locked`);
    if (now > found.validUntilMs)
      throw new Refusal('QUOTE_EXPIRED', `quote ${quoteId} ended ${toInstant(found.validUntilMs)}`);
    const locked: Stored = { ...found, isLocked: true };
    records.put('quote', quoteId, locked);
    return answerOf(locked, now);
  },
});

const getQuote = query({
  title: { en: 'Get a quote', zh: '查询报价' },
  method: 'GET',
  path: '/quotes/{quoteId}',
  input: Type.Object({ quoteId: Identifier }),
  output: Quote,
  handle: ({ quoteId }, { records, now }) => {
    const found = records.get<Stored>('quote', quoteId);
    if (found === undefined) throw new Refusal('NOT_FOUND', `no quote ${quoteId}`);
    return answerOf(found, now);
  },
});

function answerOf({ isLocked, validUntilMs, ...rest }: Stored, now: number): Static<typeof Quote> {
  const status = isLocked ? 'locked' : now > validUntilMs ? 'expired' : 'open';
  return { ...rest, status, validUntil: toInstant(validUntilMs) };
}

/** 锁汇. */
export const fx: Service = {
  id: 'fx',
  title: { en: 'Foreign exchange', zh: '外汇' },
  owner: 'treasury',
  operations: { getRate, quote, lockQuote, getQuote, getOutcome },
};
