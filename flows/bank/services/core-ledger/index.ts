import type { Service } from '../../operation.ts';
import { getOutcome } from '../outcome.ts';
import { hold, unhold } from './holds.ts';
import { credit, debit, reverse } from './postings.ts';
import { getAccount, getEntry, getHold, getTurnover, listAccounts, listEntries, listOpenBreaks } from './queries.ts';
import { clearSuspense, postSuspense } from './suspense.ts';

/** 核心账务: the books. */
export const coreLedger: Service = {
  id: 'core-ledger',
  title: { en: 'Core ledger', zh: '核心账务' },
  owner: 'core-banking',
  operations: {
    getAccount,
    listAccounts,
    getEntry,
    listEntries,
    getTurnover,
    hold,
    getHold,
    unhold,
    debit,
    credit,
    reverse,
    postSuspense,
    clearSuspense,
    listOpenBreaks,
    getOutcome,
  },
};
