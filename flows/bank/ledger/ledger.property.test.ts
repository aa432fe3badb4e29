import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { type Core, openCore, resetCore } from '../core.ts';
import { execute } from '../execute.ts';
import { toFen } from '../money.ts';
import { Refusal } from '../refusal.ts';
import { customerAccountNo, internal } from '../seed/accounts.ts';
import { coreLedger } from '../services/core-ledger/index.ts';
import { openDatabase } from '../store/database.ts';

const accountNos = [
  customerAccountNo('C0001', 1),
  customerAccountNo('C0003', 1),
  internal.clearing,
  '6217880000000101',
];
const account = fc.constantFrom(...accountNos);
const amount = fc.constantFrom('0.01', '10.00', '250.50', '100010.00');
/** Serial numbers of small sets, so that undoing meets what was done, and calls clash. */
const numbered = (prefix: string) => fc.integer({ min: 1, max: 4 }).map((number) => `${prefix}-${number}`);
const [entryNo, holdNo, breakNo] = [numbered('ENTRY'), numbered('HOLD'), numbered('BREAK')];
const allowMissing = fc.boolean();

const step = fc.record({
  key: fc.integer({ min: 1, max: 40 }).map((number) => `key-${number}`),
  call: fc.oneof(
    fc.record({
      name: fc.constantFrom('debit', 'credit'),
      input: fc.record({ accountNo: account, contraAccountNo: account, amount, serialNo: entryNo }),
    }),
    fc.record({
      name: fc.constant('debit'),
      input: fc.record({ accountNo: account, amount, holdId: holdNo, serialNo: entryNo }),
    }),
    fc.record({ name: fc.constant('hold'), input: fc.record({ accountNo: account, amount, serialNo: holdNo }) }),
    fc.record({ name: fc.constant('unhold'), input: fc.record({ holdId: holdNo, allowMissing }) }),
    fc.record({
      name: fc.constant('reverse'),
      input: fc.record({ originalSerialNo: fc.oneof(entryNo, holdNo, breakNo), allowMissing }),
    }),
    fc.record({
      name: fc.constant('postSuspense'),
      input: fc.record({
        amount,
        serialNo: breakNo,
        direction: fc.constantFrom('surplus', 'shortage'),
        reason: fc.constant('test'),
      }),
    }),
    fc.record({ name: fc.constant('clearSuspense'), input: fc.record({ breakId: breakNo, accountNo: account }) }),
  ),
});

interface Step {
  readonly key: string;
  readonly call: { readonly name: string; readonly input: object };
}

/** Every third call, more or less, is one that came before. */
const sequence = fc
  .array(fc.record({ fresh: step, repeats: fc.option(fc.nat(), { freq: 2 }) }), {
    minLength: 1,
    maxLength: 60,
    size: 'max',
  })
  .map((drafts) => {
    const steps: Step[] = [];
    for (const { fresh, repeats } of drafts)
      steps.push((repeats === null ? undefined : steps[repeats % steps.length]) ?? fresh);
    return steps;
  });

async function perform(
  core: Core,
  { key, call: { name, input } }: Step,
): Promise<{ body: string; isReplay: boolean } | Refusal> {
  const operation = coreLedger.operations[name];
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return execute(core, { service: 'core-ledger', name, operation, input, key }).catch((error: unknown) => {
    if (error instanceof Refusal) return error;
    throw error;
  });
}

test('keeps its books whatever is called in whatever order, and answers a repeated key as it did first', async () => {
  const database = openDatabase(':memory:');
  const core = await openCore({ database, clock: systemClock, closing: new AbortController().signal });
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(sequence, fc.boolean(), async (steps, areTogether) => {
      await resetCore(database, core);
      const before = totalOf(core);
      const answers = new Map<string, { body: string; step: Step }>();
      const judge = (one: Step, answer: Awaited<ReturnType<typeof perform>>) => {
        const first = answers.get(one.key);
        const outcome = answer instanceof Refusal ? answer.code : `${one.call.name}${answer.isReplay ? ' again' : ''}`;
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        if (first === undefined) {
          if (answer instanceof Refusal) return;
          expect(answer.isReplay).toBe(false);
          answers.set(one.key, { body: answer.body, step: one });
        } else if (answer instanceof Refusal) {
          expect(answer.code).toBe('IDEMPOTENCY_KEY_REUSED');
          expect(one.call).not.toEqual(first.step.call);
        } else {
          expect(one.call).toEqual(first.step.call);
          expect(answer).toEqual({ body: first.body, isReplay: true });
        }
      };
      if (areTogether) {
        const all = await Promise.all(steps.map((one) => perform(core, one)));
        steps.forEach((one, index) => {
          const answer = all[index];
          if (answer !== undefined) judge(one, answer);
        });
      } else {
        for (const one of steps) judge(one, await perform(core, one));
      }
      const audit = core.ledger.audit();
      expect(audit.findings).toEqual([]);
      expect(totalOf(core)).toBe(before);
      const effects = core.effects.list(1_000);
      expect(effects.reduce((sum, { executions }) => sum + executions, 0)).toBe(answers.size);
      expect(effects.reduce((sum, { calls }) => sum + calls, 0)).toBe(steps.length);
    }),
    { numRuns: 80 },
  );
  // The property says little unless the sequences come everywhere.
  for (const name of ['debit', 'credit', 'hold', 'unhold', 'reverse', 'postSuspense', 'clearSuspense', 'debit again']) {
    expect(seen.get(name) ?? 0, name).toBeGreaterThan(0);
  }
  database.close();
}, 60_000);

/** Double entry: what all accounts have together never changes. */
function totalOf({ ledger }: Core): number {
  const own = Object.values(ledger.audit().internalBalances).reduce((sum, balance) => sum + toFen(balance), 0);
  return accountNos.reduce(
    (sum, accountNo) => sum + (accountNo === internal.clearing ? 0 : ledger.accounts.get(accountNo).balance),
    own,
  );
}
