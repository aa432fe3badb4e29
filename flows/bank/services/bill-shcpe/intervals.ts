import Type, { type Static } from 'typebox';
import { AllowMissing, Amount, Identifier, ShortText } from '../../fields.ts';
import { fromFen } from '../../money.ts';
import { change, query } from '../../operation.ts';
import { Refusal } from '../../refusal.ts';
import type { RecordReader } from '../../store/records.ts';
import { requireBill } from './bills.ts';

const SubBill = Type.Integer({ minimum: 1, maximum: 999_999_999_999 });

export const BillNo = Type.String({ pattern: '^[0-9]{30}$', examples: ['531352100001220260105000000003'] });

const Lock = Type.Object({
  lockId: Identifier,
  billNo: Type.String(),
  from: Type.Integer(),
  to: Type.Integer(),
  amount: Type.String({ ...Amount, description: 'What the interval is worth: 0.01 yuan for each sub-bill' }),
  status: Type.Enum(['locked', 'unlocked']),
});
type Lock = Static<typeof Lock>;

export const lockInterval = change({
  title: { en: 'Lock an interval of sub-bills', zh: '锁定子票区间' },
  method: 'POST',
  path: '/locks',
  input: Type.Object({
    billNo: BillNo,
    from: Type.Optional(Type.Integer({ ...SubBill, description: 'Default: the first sub-bill' })),
    to: Type.Optional(Type.Integer({ ...SubBill, description: 'Default: the last sub-bill' })),
    purpose: Type.Optional(ShortText),
    lockId: Type.Optional(Type.String({ ...Identifier, description: "The caller's own name for it" })),
  }),
  output: Lock,
  handle: ({ billNo, from, to, lockId }, { records, derivedId }) => {
    const bill = requireBill(billNo);
    const interval = { from: from ?? bill.subBillFrom, to: to ?? bill.subBillTo };
    if (interval.from > interval.to || interval.to > bill.subBillTo) {
      throw new Refusal('INVALID_INPUT', `sub-bills run from 1 to ${bill.subBillTo}`);
    }
    const id = lockId ?? derivedId;
    const earlier = records.get<Lock>('lock', id);
    if (earlier !== undefined) throw new Refusal('STATE_CONFLICT', `lock ${id} is ${earlier.status}`);
    const others = records.listByOwner<Lock>('lock', billNo).filter(({ status }) => status === 'locked');
    const clash = others.find((other) => other.from <= interval.to && interval.from <= other.to);
    if (clash !== undefined) throw new Refusal('INTERVAL_LOCKED', `sub-bills ${clash.from} to ${clash.to} are locked`);
    const lock: Lock = { lockId: id, billNo, ...interval, amount: worthOf(interval), status: 'locked' };
    records.put('lock', id, lock, billNo);
    return lock;
  },
});

export const unlockInterval = change({
  title: { en: 'Unlock an interval', zh: '解锁子票区间' },
  method: 'POST',
  path: '/locks/{lockId}/unlock',
  input: Type.Object({ lockId: Identifier, allowMissing: Type.Optional(AllowMissing) }),
  output: Lock,
  handle: ({ lockId, allowMissing = false }, { records }) => {
    const found = records.get<Lock>('lock', lockId);
    if (found === undefined && !allowMissing) throw new Refusal('NOT_FOUND', `no lock ${lockId}`);
    if (found?.status === 'unlocked') throw new Refusal('STATE_CONFLICT', `lock ${lockId} is unlocked`);
    const nothing = { lockId, billNo: '', from: 0, to: 0, amount: fromFen(0) };
    const unlocked: Lock = { ...(found ?? nothing), status: 'unlocked' };
    records.put('lock', lockId, unlocked, unlocked.billNo);
    return unlocked;
  },
});

export const getLock = query({
  title: { en: 'Get a lock', zh: '查询区间锁' },
  method: 'GET',
  path: '/locks/{lockId}',
  input: Type.Object({ lockId: Identifier }),
  output: Lock,
  handle: ({ lockId }, { records }) => requireLock(lockId, records),
});

export function requireLock(lockId: string, records: RecordReader): Lock {
  const lock = records.get<Lock>('lock', lockId);
  if (lock === undefined) throw new Refusal('NOT_FOUND', `no lock ${lockId}`);
  return lock;
}

function worthOf({ from, to }: { from: number; to: number }): string {
  return fromFen(to - from + 1);
}
