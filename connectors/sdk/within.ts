import { CallError } from './call-error.ts';
import type { Deadline } from './deadline.ts';

/**
 * Settles as `work` does, or fails when the deadline passes, whichever is first.
 *
 * @param mayHaveActed asked at the deadline
 * @throws {CallError} `timeout`; `work` goes on, and what it comes to is heard by nobody
 */
export function within<Result>(
  deadline: Deadline,
  work: Promise<Result>,
  mayHaveActed: () => boolean,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const withdraw = deadline.onExpire(() => reject(timedOut(mayHaveActed())));
    work.finally(withdraw).then(resolve, reject);
  });
}

function timedOut(mayHaveActed: boolean): CallError {
  const message = `the deadline passed before ${mayHaveActed ? 'the answer came' : 'anything was sent'}`;
  return new CallError(message, { kind: 'timeout', retryable: true, mayHaveActed });
}
