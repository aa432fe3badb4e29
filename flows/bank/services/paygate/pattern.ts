/** How the network treats a payment; chosen by the last four digits of the payee's account, for rehearsals. */
export interface Pattern {
  readonly final: 'settled' | 'rejected' | 'none';
  readonly reason?: string;
  readonly meanwhile?: 'processing' | 'unknown';
  /** Added to the delay that the request asks for. */
  readonly extraMs?: number;
  readonly receipt?: 'none' | 'twice' | 'before-answer';
}

const patterns: Readonly<Record<string, Pattern>> = {
  '9901': { final: 'rejected', reason: 'AC04 account closed' },
  '9902': { final: 'none', receipt: 'none' },
  '9903': { final: 'none', meanwhile: 'unknown', receipt: 'none' },
  '9904': { final: 'settled', extraMs: 5_000 },
  '9905': { final: 'settled', receipt: 'none' },
  '9906': { final: 'settled', receipt: 'twice' },
  '9907': { final: 'settled', receipt: 'before-answer' },
  '9908': { final: 'settled', meanwhile: 'unknown', extraMs: 2_000 },
};

const usual: Pattern = { final: 'settled' };

export function patternOf(payeeAccountNo: string): Pattern {
  return patterns[payeeAccountNo.slice(-4)] ?? usual;
}

export const patternHelp =
  'Last four digits rehearse the network: 9901 rejected; 9902 processing for ever, no receipt; 9903 unknown for ever, no ' +
  'receipt; 9904 settled 5 s later; 9905 settled, no receipt; 9906 receipt twice; 9907 receipt before the answer; ' +
  '9908 unknown for 2 s, then settled; any other: settled';
