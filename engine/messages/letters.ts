import { FlowError } from '../errors.ts';
import type { DeadLetter, DeadLetters } from '../store/store.ts';
import type { Consumers } from './consumers.ts';
import { bytesOf, type Content } from './content.ts';
import { type Intake, reasonOf } from './intake.ts';
import type { Publisher } from './publisher.ts';

export interface RedriveDeps {
  readonly letters: DeadLetters;
  readonly consumers: Consumers;
  readonly intake: Intake;
  readonly publisher: Publisher;
  readonly now: () => number;
}

/**
 * Sends a dead letter on its way again: into the flow that it was for, or to the broker. What it cannot be taken for
 * this time becomes its reason.
 *
 * @param edited the body to send in place of the one that was kept
 * @throws {FlowError} `NOT_FOUND`; `LETTER_SETTLED`; or why it was refused again
 */
export async function redrive(deps: RedriveDeps, id: number, by: string, edited?: Content): Promise<void> {
  const letter = await deps.letters.get(id);
  if (letter === undefined) throw new FlowError('NOT_FOUND', `no dead letter ${id}`);
  if (letter.status !== 'dead') throw new FlowError('LETTER_SETTLED', `dead letter ${id} is ${letter.status} already`);
  try {
    if (letter.direction === 'in') await takeIn(deps, letter, edited);
    else await sendOut(deps, letter, edited);
  } catch (error) {
    if (error instanceof FlowError && !error.retryable) await deps.letters.failAgain(id, error.code, reasonOf(error));
    throw error;
  }
  await deps.letters.settle(id, 'redriven', by);
}

async function takeIn({ consumers, intake }: RedriveDeps, letter: DeadLetter, edited?: Content): Promise<void> {
  const origin = consumers.origin(letter.flowId ?? '', letter.service, letter.source);
  if (origin === undefined)
    throw new FlowError('FLOW_NOT_FOUND', `flow ${letter.flowId} reads nothing of ${letter.service} any more`);
  await intake.retake(origin, letter, edited);
}

async function sendOut({ publisher, now }: RedriveDeps, letter: DeadLetter, edited?: Content): Promise<void> {
  const { messageId, service, topic, key } = letter;
  const payload = JSON.parse(Buffer.from(bytesOf(edited ?? letter)).toString('utf8'));
  await publisher.schedule({
    id: messageId ?? `letter-${letter.id}`,
    ...(service !== '' && { service }),
    topic,
    ...(key !== undefined && { key }),
    payload,
    dueAt: now(),
  });
}
