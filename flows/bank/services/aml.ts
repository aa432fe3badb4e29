import Type from 'typebox';
import { Identifier, ShortText } from '../fields.ts';
import { change, query, type Service } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import { getOutcome } from './outcome.ts';

/** Names on the lists of the sample; a name that contains one is a hit or, if only similar, a case for a person. */
const listed = ['制裁', 'SANCTION', 'BLOCKED TRADING'];
const similar = ['疑似', 'MAYBE'];
const watchedCountries = ['KP', 'IR', 'SY'];

const screenParty = query({
  title: { en: 'Screen a party', zh: '名单筛查' },
  method: 'POST',
  path: '/screenings',
  input: Type.Object({
    name: Type.String({ minLength: 1, maxLength: 140 }),
    idNo: Type.Optional(ShortText),
    country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
    accountNo: Type.Optional(ShortText),
  }),
  output: Type.Object({
    result: Type.Enum(['clear', 'review', 'hit']),
    score: Type.Integer({ description: '0 to 100' }),
    matches: Type.Array(Type.Object({ list: Type.String(), entry: Type.String() })),
  }),
  handle: ({ name, country }) => {
    const upper = name.toUpperCase();
    const hits = listed.filter((entry) => upper.includes(entry)).map((entry) => ({ list: 'sanctions', entry }));
    const near = similar.filter((entry) => upper.includes(entry)).map((entry) => ({ list: 'similar-names', entry }));
    const countries = watchedCountries
      .filter((entry) => entry === country)
      .map((entry) => ({ list: 'countries', entry }));
    if (hits.length > 0) return { result: 'hit' as const, score: 98, matches: [...hits, ...near, ...countries] };
    const matches = [...near, ...countries];
    if (matches.length > 0) return { result: 'review' as const, score: 72, matches };
    return { result: 'clear' as const, score: 3, matches };
  },
});

const Case = Type.Object({
  caseId: Identifier,
  name: Type.String(),
  reason: Type.String(),
  status: Type.Enum(['open', 'cleared', 'confirmed']),
});
type Case = Type.Static<typeof Case>;

const openCase = change({
  title: { en: 'Open a case for review', zh: '提交名单复核' },
  method: 'POST',
  path: '/cases',
  input: Type.Object({ name: Type.String({ minLength: 1 }), reason: ShortText }),
  output: Case,
  handle: ({ name, reason }, { records, derivedId }) => {
    const opened: Case = { caseId: derivedId, name, reason, status: 'open' };
    records.put('case', derivedId, opened);
    return opened;
  },
});

const closeCase = change({
  title: { en: 'Close a case', zh: '复核结案' },
  method: 'POST',
  path: '/cases/{caseId}/close',
  input: Type.Object({ caseId: Identifier, decision: Type.Enum(['cleared', 'confirmed']) }),
  output: Case,
  handle: ({ caseId, decision }, { records }) => {
    const found = records.get<Case>('case', caseId);
    if (found === undefined) throw new Refusal('NOT_FOUND', `no case ${caseId}`);
    if (found.status !== 'open') throw new Refusal('STATE_CONFLICT', `case ${caseId} is ${found.status}`);
    const closed: Case = { ...found, status: decision };
    records.put('case', caseId, closed);
    return closed;
  },
});

/** 反洗钱: names against lists. */
export const aml: Service = {
  id: 'aml',
  title: { en: 'Anti money laundering', zh: '名单筛查' },
  owner: 'compliance',
  operations: { screenParty, openCase, closeCase, getOutcome },
};
