import { fromFen } from '../../money.ts';
import { Refusal } from '../../refusal.ts';

const BILL_COUNT = 500;
const PREFIX = '531352100001220260105';
const FIRST_COMPANY = 151;
const COMPANIES = 50;
const FIRST_MATURITY_MS = Date.UTC(2027, 0, 1);
const DAY_MS = 86_400_000;

/** Bills follow from their number: bill n of 500 has a face of 1 to 10 million and falls due in 2027. */
export interface Bill {
  readonly billNo: string;
  readonly holderCustomerId: string;
  readonly acceptorName: string;
  readonly faceAmount: string;
  readonly subBillFrom: number;
  /** 新一代票据: one sub-bill for every 0.01 yuan of the face. */
  readonly subBillTo: number;
  readonly issuedOn: string;
  readonly maturesOn: string;
}

/** @throws {Refusal} `NOT_FOUND` */
export function requireBill(billNo: string): Bill {
  const number = billNo.startsWith(PREFIX) && billNo.length === 30 ? Number(billNo.slice(PREFIX.length)) : 0;
  if (!Number.isInteger(number) || number < 1 || number > BILL_COUNT)
    throw new Refusal('NOT_FOUND', `no bill ${billNo}`);
  return billOf(number);
}

export function allBills(): readonly Bill[] {
  return Array.from({ length: BILL_COUNT }, (_, index) => billOf(index + 1));
}

function billOf(number: number): Bill {
  const faceFen = (1 + (number % 10)) * 100_000_000;
  return {
    billNo: PREFIX + String(number).padStart(9, '0'),
    holderCustomerId: `C0${FIRST_COMPANY + (number % COMPANIES)}`,
    acceptorName: `承兑银行${1 + (number % 25)}`,
    faceAmount: fromFen(faceFen),
    subBillFrom: 1,
    subBillTo: faceFen,
    issuedOn: '2026-01-05',
    maturesOn: new Date(FIRST_MATURITY_MS + (number % 365) * DAY_MS).toISOString().slice(0, 10),
  };
}
