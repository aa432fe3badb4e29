/** Customers follow from their number alone: C0001–C0150 are people, C0151–C0200 companies. */
const CUSTOMER_COUNT = 200;
const FIRST_COMPANY = 151;

const surnames = ['王', '李', '张', '刘', '陈', '杨', '赵', '黄', '周', '吴'];
const givenNames = ['伟', '芳', '敏', '静', '磊', '洋', '艳', '勇', '杰', '娟', '涛', '明', '超', '霞', '平'];
const places = ['江城', '东湖', '南山', '西岭', '北塘', '云溪', '青浦', '长河', '金沙', '白鹭'];
const trades = ['机械', '纺织', '食品', '物流', '电子'];

export interface Customer {
  readonly customerId: string;
  readonly kind: 'retail' | 'corporate';
  readonly name: string;
  readonly idNo: string;
  readonly mobile: string;
  readonly email: string;
  readonly city: string;
  readonly segment: 'standard' | 'gold' | 'private';
  readonly riskLevel: 'low' | 'medium' | 'high';
  readonly kycValidUntil: string;
}

const segments = ['standard', 'standard', 'gold', 'standard', 'private'] as const;
const riskLevels = ['low', 'low', 'low', 'medium', 'low', 'low', 'low', 'low', 'low', 'high'] as const;

/** @returns `undefined` outside C0001–C0200. */
export function customerOf(customerId: string): Customer | undefined {
  const number = customerNumber(customerId);
  if (number === undefined) return undefined;
  const isCompany = number >= FIRST_COMPANY;
  const digits = String(number).padStart(4, '0');
  return {
    customerId,
    kind: isCompany ? 'corporate' : 'retail',
    name: isCompany ? companyName(number) : personName(number),
    idNo: isCompany ? `91420100MA4K${digits}X` : `42010119${80 + (number % 20)}0${1 + (number % 9)}15${digits}`,
    mobile: `1380000${digits}`,
    email: `${customerId.toLowerCase()}@example.com`,
    city: pick(places, number),
    segment: pick(segments, number),
    riskLevel: pick(riskLevels, number - 1),
    kycValidUntil: `${2027 + (number % 5)}-12-31`,
  };
}

/** 1 for `C0001`; `undefined` if there is no such customer. */
export function customerNumber(customerId: string): number | undefined {
  const number = /^C\d{4}$/.test(customerId) ? Number(customerId.slice(1)) : 0;
  return number >= 1 && number <= CUSTOMER_COUNT ? number : undefined;
}

export function customerIds(): readonly string[] {
  return Array.from({ length: CUSTOMER_COUNT }, (_, index) => `C${String(index + 1).padStart(4, '0')}`);
}

export function personName(number: number): string {
  return pick(surnames, number) + pick(givenNames, Math.floor(number / surnames.length) + number);
}

function companyName(number: number): string {
  return `${pick(places, number)}市${pick(trades, Math.floor(number / places.length))}有限公司`;
}

/** The list is never empty, and the remainder is within it. */
function pick<T>(list: readonly [T, ...T[]] | readonly T[], number: number): T {
  return list[number % list.length] as T;
}
