import { createHash, randomUUID } from 'node:crypto';
import type { Message } from '@heddle/connectors/sdk/index';
import type { MessageTrigger } from '../definition/index.ts';
import { FlowError, type Json, type JsonObject, messageOf } from '../errors.ts';
import { evaluate } from '../expression/index.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { DeadLetter, DeadLetters } from '../store/store.ts';
import type { Log } from '../telemetry/index.ts';
import { callerOf } from '../triggers/caller.ts';
import { type StartFlowDeps, startFlow } from '../triggers/start-flow.ts';
import { bytesOf, type Content, contentOf, eventOf } from './content.ts';

export interface IntakeDeps {
  readonly start: StartFlowDeps;
  readonly runtime: Pick<Runtime, 'publish'>;
  readonly letters: DeadLetters;
  readonly limits: { readonly maxBytes: number; readonly maxDepth: number };
  readonly now: () => number;
  readonly log: Log;
}

/** Whose trigger a message came by. */
export interface Origin {
  readonly flowId: string;
  readonly trigger: MessageTrigger;
}

/** `accepted`: a run or a signal is durable; `duplicate`: it had been already; `dead`: kept as a dead letter. */
export type Taken = 'accepted' | 'duplicate' | 'dead';

const MAX_KEY = 200;

/** Turns messages into runs and signals, each once; what cannot be taken becomes a dead letter. */
export class Intake {
  private readonly deps: IntakeDeps;

  constructor(deps: IntakeDeps) {
    this.deps = deps;
  }

  /**
   * When it resolves the message is safe and may be acknowledged.
   *
   * @throws {FlowError} the engine cannot accept it now: the broker keeps it and brings it again
   */
  async take(origin: Origin, message: Message): Promise<Taken> {
    try {
      return await this.accept(origin, message);
    } catch (error) {
      const fault = error instanceof FlowError ? error : new FlowError('INTERNAL', messageOf(error), { cause: error });
      if (isPassing(fault)) throw fault;
      if (fault.code === 'INTERNAL')
        this.deps.log.error({ err: error, flow: origin.flowId }, 'a message failed inside');
      await this.bury(origin, message, fault);
      return 'dead';
    }
  }

  /** Tries a dead letter again, by the trigger as it is now. @throws {FlowError} why it cannot be taken */
  retake(origin: Origin, letter: DeadLetter, content: Content = letter): Promise<'accepted' | 'duplicate'> {
    return this.accept(origin, {
      ...(letter.messageId !== undefined && { id: letter.messageId }),
      ...(letter.key !== undefined && { key: letter.key }),
      topic: letter.topic,
      headers: letter.headers,
      body: bytesOf(content),
      delivery: 1,
    });
  }

  private async accept({ flowId, trigger }: Origin, message: Message): Promise<'accepted' | 'duplicate'> {
    const event = eventOf(message, this.deps.limits);
    const given = (value: Json) => evaluate(value, { now: this.deps.now(), read: (root) => pick(root, event) });
    const input = trigger.input === undefined ? (event['payload'] ?? null) : given(trigger.input);
    const key = keyOf(trigger, trigger.id === undefined ? message.id : given(trigger.id));
    const { signal } = trigger;
    if (signal) {
      const result = await this.deps.runtime.publish({
        name: signal.name,
        payload: input,
        id: key ?? randomUUID(),
        ...(signal.correlation !== undefined && { correlation: given(signal.correlation) }),
      });
      return result === 'duplicate' ? 'duplicate' : 'accepted';
    }
    // A key that the flow computes says more than the name that a broker or publisher has given a message.
    const flow = trigger.id === undefined ? await this.deps.start.flow(flowId) : undefined;
    const isKeyed = flow?.idempotencyKey !== undefined;
    const { created } = await startFlow(this.deps.start, {
      flowId,
      input,
      waitMs: 0,
      ...(key !== undefined && !isKeyed && { idempotencyKey: key }),
      ...callerOf(message.headers),
    });
    return created ? 'accepted' : 'duplicate';
  }

  private bury({ flowId, trigger }: Origin, message: Message, fault: FlowError): Promise<void> {
    const { id, key, topic, headers, body } = message;
    return this.deps.letters.add({
      direction: 'in',
      service: trigger.service,
      topic,
      flowId,
      source: trigger.source,
      ...(id !== undefined && { messageId: id }),
      ...(key !== undefined && { key }),
      headers,
      ...contentOf(body),
      code: fault.code,
      reason: reasonOf(fault),
    });
  }
}

const pick = (root: string, event: JsonObject) => (root === 'event' ? event : undefined);

/** It would be different in a moment: not the message's fault. */
const isPassing = (fault: FlowError) => fault.retryable || fault.code === 'FENCED' || fault.code === 'STORE_LOCKED';

/** The message's name for those who count: the broker's service belongs to it, as ids are its own. */
function keyOf({ service }: MessageTrigger, id: Json | undefined): string | undefined {
  if (id === undefined || id === null || id === '') return undefined;
  const text = `${service}/${typeof id === 'string' ? id : JSON.stringify(id)}`;
  return text.length <= MAX_KEY ? text : `${service}/${createHash('sha256').update(text).digest('hex')}`;
}

/** The reason with the place of what does not fit. */
export function reasonOf(fault: FlowError): string {
  const problems = fault.details['problems'];
  if (!Array.isArray(problems) || problems.length === 0) return fault.message;
  const told = (problems as readonly JsonObject[])
    .slice(0, 5)
    .map((problem) => `${String(problem['pointer']) || '/'} ${String(problem['message'])}`);
  return `${fault.message}: ${told.join('; ')}`;
}
