import Type from 'typebox';
import { AccountNo, CustomerId } from '../fields.ts';
import { change, query, type Service } from '../operation.ts';
import { accountCount, customerAccountNo } from '../seed/accounts.ts';
import { customerNumber } from '../seed/customers.ts';
import type { RecordReader } from '../store/records.ts';
import { getOutcome } from './outcome.ts';
import { requireCustomer } from './require-customer.ts';

const byCustomer = Type.Object({ customerId: CustomerId });

const getCustomer = query({
  title: { en: 'Get a customer', zh: '查询客户信息' },
  method: 'GET',
  path: '/customers/{customerId}',
  input: byCustomer,
  output: Type.Object({
    customerId: CustomerId,
    kind: Type.Enum(['retail', 'corporate']),
    name: Type.String(),
    idNo: Type.String(),
    mobile: Type.String(),
    email: Type.String(),
    city: Type.String(),
    segment: Type.Enum(['standard', 'gold', 'private']),
    kycValidUntil: Type.String(),
  }),
  handle: ({ customerId }) => {
    const { riskLevel: _, ...customer } = requireCustomer(customerId);
    return customer;
  },
});

const listAccounts = query({
  title: { en: "List a customer's account numbers", zh: '查询客户名下账号' },
  method: 'GET',
  path: '/customers/{customerId}/accounts',
  input: byCustomer,
  output: Type.Object({
    items: Type.Array(
      Type.Object({ accountNo: AccountNo, role: Type.Enum(['primary', 'secondary']), openedOn: Type.String() }),
    ),
  }),
  handle: ({ customerId }) => {
    requireCustomer(customerId);
    const items = Array.from({ length: accountCount(customerId) }, (_, index) => ({
      accountNo: customerAccountNo(customerId, index + 1),
      role: index === 0 ? ('primary' as const) : ('secondary' as const),
      openedOn: `20${10 + ((customerNumber(customerId) ?? 0) % 15)}-06-${String(index + 1).padStart(2, '0')}`,
    }));
    return { items };
  },
});

const getRiskProfile = query({
  title: { en: 'Get the risk profile', zh: '查询客户风险画像' },
  method: 'GET',
  path: '/customers/{customerId}/risk-profile',
  input: byCustomer,
  output: Type.Object({
    customerId: CustomerId,
    riskLevel: Type.Enum(['low', 'medium', 'high']),
    adverseNews: Type.Integer({ description: 'Reports in the last 90 days' }),
  }),
  handle: ({ customerId }) => {
    const { riskLevel } = requireCustomer(customerId);
    return { customerId, riskLevel, adverseNews: { low: 0, medium: 1, high: 4 }[riskLevel] };
  },
});

const Preferences = Type.Object({
  customerId: CustomerId,
  consents: Type.Array(Type.Enum(['app', 'wechat', 'sms', 'mail'])),
  quietFrom: Type.String({ pattern: '^[0-2][0-9]:[0-5][0-9]$' }),
  quietTo: Type.String({ pattern: '^[0-2][0-9]:[0-5][0-9]$' }),
  language: Type.Enum(['zh', 'en']),
});

const getPreferences = query({
  title: { en: 'Get contact preferences', zh: '查询联系偏好' },
  method: 'GET',
  path: '/customers/{customerId}/preferences',
  input: byCustomer,
  output: Preferences,
  handle: ({ customerId }, { records }) => preferencesOf(customerId, records),
});

const setPreferences = change({
  title: { en: 'Set contact preferences', zh: '设置联系偏好' },
  method: 'PUT',
  path: '/customers/{customerId}/preferences',
  input: Type.Object({ customerId: CustomerId, consents: Preferences.properties.consents }),
  output: Preferences,
  handle: ({ customerId, consents }, { records }) => {
    const preferences = { ...preferencesOf(customerId, records), consents };
    records.put('preferences', customerId, preferences);
    return preferences;
  },
});

type Preferences = Type.Static<typeof Preferences>;

/** Unless set: everyone takes everything, but for customers whose number ends in 9, who take SMS alone. */
function preferencesOf(customerId: string, records: RecordReader): Preferences {
  requireCustomer(customerId);
  const stored = records.get<Preferences>('preferences', customerId);
  const consents: Preferences['consents'] = customerId.endsWith('9') ? ['sms'] : ['app', 'wechat', 'sms', 'mail'];
  return stored ?? { customerId, consents, quietFrom: '22:00', quietTo: '08:00', language: 'zh' };
}

/** 客户信息: who the customers are. */
export const cif: Service = {
  id: 'cif',
  title: { en: 'Customer information', zh: '客户信息' },
  owner: 'customer-data',
  operations: { getCustomer, listAccounts, getRiskProfile, getPreferences, setPreferences, getOutcome },
};
