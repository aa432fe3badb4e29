import type { Answer } from '@heddle/connectors/sdk/index';
import type { Json } from '../../errors.ts';
import type { MockSettings, SERVICE_FAILURES } from '../policy-schema.ts';
import { type Call, Refusal, type Run } from './call.ts';

/** A mock was told to fail so. */
export class MockFailure extends Error {
  override readonly name = 'MockFailure';
  readonly code: (typeof SERVICE_FAILURES)[number];

  constructor(code: MockFailure['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Answers in place of everything below the deadline: no limit counts it, no breaker sees it. @param random from 0 up to 1 */
export function mockRun(mock: MockSettings, random: () => number): Run {
  return async (call) => {
    call.answeredBy = 'mock';
    if (mock.delayMs) await pause(mock.delayMs, call);
    return answerOf('examples' in mock ? chosen(mock.examples, random()) : mock);
  };
}

type Example = Extract<MockSettings, { examples: unknown }>['examples'][number];

function answerOf(example: Example): Answer {
  // What a description holds has been read as JSON.
  if ('output' in example) return { body: example.output as Json };
  const { code, message } = example.error;
  throw new MockFailure(code, message ?? 'the mock of this operation is told to fail');
}

function chosen(examples: readonly Example[], chance: number): Example {
  const total = examples.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let left = chance * total;
  for (const example of examples) {
    left -= example.weight ?? 1;
    if (left < 0) return example;
  }
  return examples.findLast(({ weight = 1 }) => weight > 0) ?? (examples[0] as Example); // a list has one at least
}

/** Waits, but not past the call's deadline. @throws {Refusal} once the deadline has passed: nothing was sent meanwhile. */
export function pause(ms: number, { deadline }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      withdraw();
      resolve();
    }, ms);
    const withdraw = deadline.onExpire(() => {
      clearTimeout(timer);
      reject(new Refusal('DEADLINE_EXCEEDED', 'the deadline passed while the call was held back'));
    });
  });
}
