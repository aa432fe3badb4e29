import { fromFen } from '../../money.ts';
import { Refusal } from '../../refusal.ts';

const MAX_ROWS = 100_000;

export interface Transaction {
  readonly serialNo: string;
  readonly amount: string;
  readonly day: string;
  readonly status: 'settled' | 'failed';
}

/** The kinds of break, in the order in which they are injected. */
export const breakKinds = ['surplus', 'shortage', 'amount', 'status', 'day'] as const;

/**
 * The two sides of a reconciliation, by rule: `<n>-B<k>` has n transactions of which every k-th is broken, the kinds
 * taking turns. A surplus 长款 is missing in the core, a shortage 短款 is missing in the clearing file.
 */
export function transactionsOf(fileId: string, side: 'core' | 'clearing'): readonly Transaction[] {
  const rule = /^(\d{1,6})-B(\d{1,6})$/.exec(fileId);
  const count = Number(rule?.[1] ?? 0);
  const every = Number(rule?.[2] ?? 0);
  if (count < 1 || count > MAX_ROWS) throw new Refusal('NOT_FOUND', `no file ${fileId}`);
  return Array.from({ length: count }, (_, index) => rowOf(index + 1, every, side)).filter((row) => row !== undefined);
}

function rowOf(number: number, every: number, side: 'core' | 'clearing'): Transaction | undefined {
  const fen = 10_000 + ((number * 7_919) % 900_000);
  const good: Transaction = {
    serialNo: `T${String(number).padStart(8, '0')}`,
    amount: fromFen(fen),
    day: '2026-03-02',
    status: 'settled',
  };
  const isBroken = every > 0 && number % every === 0;
  const kind = isBroken ? breakKinds[(number / every - 1) % breakKinds.length] : undefined;
  if (kind === 'surplus') return side === 'core' ? undefined : good;
  if (kind === 'shortage') return side === 'clearing' ? undefined : good;
  if (side === 'core' || kind === undefined) return good;
  if (kind === 'amount') return { ...good, amount: fromFen(fen + 1) };
  return kind === 'status' ? { ...good, status: 'failed' } : { ...good, day: '2026-03-03' };
}
