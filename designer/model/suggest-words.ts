/** Words that name no thing by themselves: an `id` alone could be that of anything. */
const generic: ReadonlySet<string> = new Set(
  'id no name code type status date time value text title data key'.split(' '),
);

/** Words that authors of services use for the same thing. */
const canonical: ReadonlyMap<string, string> = new Map(
  [
    'no number num nr',
    'amount amt sum total',
    'mobile phone tel telephone cellphone',
    'account acct acc',
    'customer cust client',
    'quantity qty count',
    'description desc remark memo',
    'address addr',
    'organisation organization org company',
    'identity identification',
    'message msg',
    'reference ref',
    'transaction txn trx',
    'email mail',
  ].flatMap((row) => {
    const [first = '', ...others] = row.split(' ');
    return others.map((word) => [word, first] as const);
  }),
);

/** The words of a name in lower case: `debitAccountNo`, `debit_account_no` and `DebitAccountNO` are the same three. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

/** What a field is called, and what it stands in. */
export interface Named {
  readonly name: string;
  /** Names of the objects around it, outermost first. */
  readonly within: readonly string[];
  /** Words of its surroundings: the operation, the service, the step. */
  readonly context: ReadonlySet<string>;
}

/**
 * How well two names mean the same, from 0 to 100: 100 the same name, from 80 on the same thing said differently
 * (`customer.id` for `customerId`), below that one name inside the other (`accountNo` for `payeeAccountNo`).
 */
export function nameScore(wanted: Named, found: Named): number {
  const plain = scoreOf(wordsOf, wanted, found);
  if (plain === 100) return plain;
  const loose = (name: string) => wordsOf(name).map((word) => canonical.get(word) ?? word);
  return Math.max(plain, scoreOf(loose, wanted, found) - 8);
}

function scoreOf(split: (name: string) => readonly string[], wanted: Named, found: Named): number {
  const want = split(wanted.name);
  const have = split(found.name);
  if (want.join('') === have.join('')) return bothNamed(want, wanted, found, split);
  const wantChain = [...wanted.within, wanted.name].flatMap(split);
  const haveChain = [...found.within, found.name].flatMap(split);
  if (endsWith(haveChain, want) && want.length > have.length) return 95;
  if (endsWith(wantChain, have) && have.length > want.length) return 95;
  if (endsWith(want, have)) return shared(have, want, found.context);
  if (endsWith(have, want)) return shared(want, have, wanted.context);
  return 0;
}

/** Two that are both just called `id` are the same only if they stand in the same thing. */
function bothNamed(
  words: readonly string[],
  wanted: Named,
  found: Named,
  split: (name: string) => readonly string[],
): number {
  const [word] = words;
  if (words.length > 1 || word === undefined || !generic.has(word)) return 100;
  const things = (named: Named) => new Set([...named.within.flatMap(split), ...named.context]);
  const common = [...things(wanted)].some((thing) => !verbs.has(thing) && things(found).has(thing));
  if (common) return 90;
  // A flow's own input has no surroundings: what it calls `name` is what it is about.
  return found.context.size === 0 && found.within.length === 0 ? 82 : 50;
}

const verbs: ReadonlySet<string> = new Set(
  'get list find query search create add open update set change delete remove close send check start of by the a for'.split(
    ' ',
  ),
);

const endsWith = (words: readonly string[], end: readonly string[]): boolean =>
  end.length > 0 &&
  end.length <= words.length &&
  end.every((word, at) => words[words.length - end.length + at] === word);

/** The shorter name is the end of the longer: `id` of a customer is its `customerId`. */
function shared(short: readonly string[], long: readonly string[], context: ReadonlySet<string>): number {
  const rest = long.slice(0, long.length - short.length);
  const isSaid = rest.every((word) => context.has(word));
  const isPlain = short.length === 1 && generic.has(short[0] ?? '');
  if (isSaid) return 85;
  return isPlain ? 0 : 65;
}
