import Type, { type Static } from 'typebox';
import { AllowMissing, CustomerId, Identifier, ShortText } from '../fields.ts';
import { type ChangeContext, change, query, type Service } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import type { RecordReader } from '../store/records.ts';
import { getOutcome } from './outcome.ts';

const Contract = Type.Object({
  contractId: Identifier,
  customerId: CustomerId,
  template: Type.String(),
  status: Type.Enum(['waiting', 'signed', 'refused', 'void']),
  documentUrl: Type.String(),
});
type Contract = Static<typeof Contract>;

interface Stored extends Contract {
  readonly callbackUrl?: string;
  readonly correlation: string;
}

const createContract = change({
  title: { en: 'Create a contract to be signed', zh: '创建签约合同' },
  method: 'POST',
  path: '/contracts',
  input: Type.Object({
    customerId: CustomerId,
    template: Type.String({ minLength: 1, maxLength: 64 }),
    fields: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    contractId: Type.Optional(Type.String({ ...Identifier, description: "The caller's own name for it" })),
    callbackUrl: Type.Optional(
      Type.String({ maxLength: 512, description: 'Told once it is signed or refused; this machine only' }),
    ),
    correlation: Type.Optional(
      Type.String({ ...Identifier, description: 'Comes back in the receipt; default is the contract id' }),
    ),
  }),
  output: Contract,
  handle: ({ customerId, template, contractId, callbackUrl, correlation }, { records, derivedId }) => {
    const id = contractId ?? derivedId;
    const earlier = records.get<Stored>('contract', id);
    if (earlier !== undefined) throw new Refusal('STATE_CONFLICT', `contract ${id} is ${earlier.status}`);
    const documentUrl = `https://esign.example.com/${id}`;
    const contract: Contract = { contractId: id, customerId, template, status: 'waiting', documentUrl };
    const stored: Stored = {
      ...contract,
      correlation: correlation ?? id,
      ...(callbackUrl !== undefined && { callbackUrl }),
    };
    records.put('contract', id, stored, customerId);
    return contract;
  },
});

const getContract = query({
  title: { en: 'Get a contract', zh: '查询合同' },
  method: 'GET',
  path: '/contracts/{contractId}',
  input: Type.Object({ contractId: Identifier }),
  output: Contract,
  handle: ({ contractId }, { records }) => answerOf(requireContract(contractId, records)),
});

const signContract = change({
  title: { en: 'Sign: what the customer does', zh: '客户签署' },
  method: 'POST',
  path: '/contracts/{contractId}/sign',
  input: Type.Object({ contractId: Identifier, signerName: Type.Optional(ShortText) }),
  output: Contract,
  handle: ({ contractId }, context) => finish(contractId, 'signed', context),
});

const refuseContract = change({
  title: { en: 'Refuse to sign: what the customer does', zh: '客户拒签' },
  method: 'POST',
  path: '/contracts/{contractId}/refuse',
  input: Type.Object({ contractId: Identifier, reason: Type.Optional(ShortText) }),
  output: Contract,
  handle: ({ contractId }, context) => finish(contractId, 'refused', context),
});

const voidContract = change({
  title: { en: 'Void a contract, signed or not', zh: '作废合同' },
  method: 'POST',
  path: '/contracts/{contractId}/void',
  input: Type.Object({
    contractId: Identifier,
    reason: Type.Optional(ShortText),
    allowMissing: Type.Optional(AllowMissing),
  }),
  output: Type.Object({ contractId: Identifier, status: Type.Enum(['void', 'nothing-to-void']) }),
  handle: ({ contractId, allowMissing = false }, { records }) => {
    if (allowMissing && records.get('contract', contractId) === undefined) {
      const nobody = { customerId: '', template: '', documentUrl: '', correlation: contractId };
      records.put('contract', contractId, { contractId, ...nobody, status: 'void' });
      return { contractId, status: 'nothing-to-void' as const };
    }
    const contract = requireContract(contractId, records);
    if (contract.status === 'void') throw new Refusal('STATE_CONFLICT', `contract ${contractId} is void`);
    const voided: Stored = { ...contract, status: 'void' };
    records.put('contract', contractId, voided, contract.customerId);
    return { contractId, status: 'void' as const };
  },
});

function finish(contractId: string, status: 'signed' | 'refused', { records, sendReceipt }: ChangeContext): Contract {
  const contract = requireContract(contractId, records);
  if (contract.status !== 'waiting')
    throw new Refusal('STATE_CONFLICT', `contract ${contractId} is ${contract.status}`);
  const finished: Stored = { ...contract, status };
  records.put('contract', contractId, finished, contract.customerId);
  const { callbackUrl: url, correlation } = finished;
  if (url !== undefined)
    sendReceipt({ id: `${contractId}-${status}`, url, correlation, payload: answerOf(finished), delayMs: 0 });
  return answerOf(finished);
}

function requireContract(contractId: string, records: RecordReader): Stored {
  const contract = records.get<Stored>('contract', contractId);
  if (contract === undefined) throw new Refusal('NOT_FOUND', `no contract ${contractId}`);
  return contract;
}

function answerOf({ contractId, customerId, template, status, documentUrl }: Stored): Contract {
  return { contractId, customerId, template, status, documentUrl };
}

/** 电子签约. */
export const esign: Service = {
  id: 'esign',
  title: { en: 'Electronic signature', zh: '电子签约' },
  owner: 'channels',
  operations: { createContract, getContract, signContract, refuseContract, voidContract, getOutcome },
};
