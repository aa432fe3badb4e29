import { CallError, isCallError } from './call-error.ts';

/** Nothing was sent: the input or the configuration fits no request. */
export function refused(message: string): CallError {
  return new CallError(message, { kind: 'refused', retryable: false, mayHaveActed: false });
}

/** Nothing was sent, because the connection has been closed; whoever asks again gets the one that took its place. */
export function closed(): CallError {
  return new CallError('the connection is closed', { kind: 'refused', retryable: true, mayHaveActed: false });
}

/** The service answered that it will not do this. */
export function rejected(message: string): CallError {
  return new CallError(message, { kind: 'rejected', retryable: false, mayHaveActed: false });
}

/** There is no connection, or there is none any more. */
export function unavailable(message: string, mayHaveActed: boolean): CallError {
  return new CallError(message, { kind: 'unavailable', retryable: true, mayHaveActed });
}

/** The service answered, and not in words that can be read. */
export function unreadable(message: string): CallError {
  return new CallError(message, { kind: 'invalid-response', retryable: false, mayHaveActed: true });
}

/** Judges what is not judged yet. @param otherwise gets what the error says */
export function judged(error: unknown, otherwise: (reason: string) => CallError): CallError {
  return isCallError(error) ? error : otherwise(reasonOf(error));
}

/** What an error of a library says; some have a cause or a code instead of a message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
