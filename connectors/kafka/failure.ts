import { CallError, type ConnectorHost, type Deadline } from '../sdk/index.ts';

/** Nothing was sent. */
export function refused(message: string): CallError {
  return new CallError(message, { kind: 'refused', retryable: false, mayHaveActed: false });
}

/** The broker answered that it will not do this. */
export function rejected(message: string): CallError {
  return new CallError(message, { kind: 'rejected', retryable: false, mayHaveActed: false });
}

/** There is no connection, or there is none any more. */
export function unavailable(message: string, mayHaveActed: boolean): CallError {
  return new CallError(message, { kind: 'unavailable', retryable: true, mayHaveActed });
}

/** What an error of a library says; some have a cause or a code instead of a message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}

/** @throws {CallError} if there is no such secret. */
export function secretOf(host: ConnectorHost, { secret }: { readonly secret: string }): string {
  const value = host.secret(secret);
  if (value !== undefined) return value;
  throw refused(`there is no secret named ${secret}`);
}

/**
 * Settles as `work` does, or fails when the deadline passes, whichever is first.
 *
 * @param mayHaveActed asked at the deadline
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
