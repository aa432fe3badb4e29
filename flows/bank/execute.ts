import { createHash } from 'node:crypto';
import type { Core } from './core.ts';
import type { ChangeContext, Operation } from './operation.ts';
import { Refusal } from './refusal.ts';
import { type EffectCall, hashInput } from './store/effects.ts';

/** One call that has been read and checked against its schema. */
export interface Call {
  readonly service: string;
  readonly name: string;
  readonly operation: Operation;
  readonly input: unknown;
  /** Empty for queries without the header. */
  readonly key: string;
}

export interface Answer {
  readonly body: string;
  readonly isReplay: boolean;
}

/** @throws {Refusal} whatever the handler refuses. */
export function ask(core: Core, call: Call): Answer {
  return { body: JSON.stringify(call.operation.run(call.input, contextOf(core, call).context)), isReplay: false };
}

/**
 * Executes a change at most once for its key; effect, postings and answer are one transaction. The same call again gets
 * the first answer, byte for byte. Refused calls do not use up their key: nothing has happened that could happen twice.
 *
 * @throws {Refusal} `IDEMPOTENCY_KEY_REUSED` if the key stands for another call; or whatever the handler refuses.
 */
export async function execute(core: Core, call: Call): Promise<Answer> {
  const { context, wants } = contextOf(core, call);
  const effect = effectCall(call, context.now);
  const outcome = await core.writer
    .submit(() => executeInTransaction(core, call, effect, context))
    .catch((error) => {
      // The refused work is rolled back; that it came is recorded all the same.
      if (error instanceof Refusal && error.code !== 'STORE_UNAVAILABLE') return noteCall(core, call).then(() => error);
      throw error;
    });
  if (outcome instanceof Refusal) throw outcome;
  if (wants.wake) core.receipts.wake();
  if (wants.settle) await core.receipts.settle();
  return outcome;
}

/** Records that a call arrived which executes nothing. */
export async function noteCall(core: Core, call: Call): Promise<void> {
  const effect = effectCall(call, core.clock.now());
  await core.writer.submit(() => core.effects.countCall(effect));
}

function executeInTransaction(core: Core, call: Call, effect: EffectCall, context: ChangeContext): Answer {
  const earlier = core.effects.find(call.service, call.key);
  if (earlier !== undefined && earlier.answer !== null) {
    if (earlier.operation !== call.name || earlier.bodyHash !== effect.bodyHash) {
      throw new Refusal('IDEMPOTENCY_KEY_REUSED', `key ${call.key} was used for another ${earlier.operation}`);
    }
    core.effects.countCall(effect);
    return { body: earlier.answer, isReplay: true };
  }
  const body = JSON.stringify(call.operation.run(call.input, context));
  core.effects.recordExecution(effect, body);
  return { body, isReplay: false };
}

function effectCall({ service, name, key, input }: Call, now: number): EffectCall {
  return { service, operation: name, key, bodyHash: hashInput(name, input), now };
}

function contextOf(
  core: Core,
  { service, key }: Call,
): { context: ChangeContext; wants: { wake: boolean; settle: boolean } } {
  const wants = { wake: false, settle: false };
  const context: ChangeContext = {
    service,
    key,
    now: core.clock.now(),
    headerKey: key === '' ? undefined : key,
    derivedId: deriveId(service, key),
    ledger: core.ledger,
    records: core.records.of(service),
    effectOf: (other) => core.effects.find(service, other),
    sendReceipt: (receipt) => {
      core.receipts.add(receipt);
      wants.wake = true;
    },
    answerAfterReceipts: () => {
      wants.settle = true;
    },
  };
  return { context, wants };
}

/** 96 bits of a hash: two keys with the same id are not to be expected, and a unique index would refuse the second. */
function deriveId(service: string, key: string): string {
  return createHash('sha256').update(`${service}\n${key}`).digest('hex').slice(0, 24).toUpperCase();
}
