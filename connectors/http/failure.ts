import { CallError } from '../sdk/index.ts';

/** Judges an error of undici, of the socket or of name resolution. What was not sent has not acted. */
export function judgeError(error: Error, wasSent: boolean): CallError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'HEDDLE_ADDRESS_REFUSED') {
    return new CallError(error.message, {
      kind: 'address-refused',
      retryable: false,
      mayHaveActed: false,
      cause: error,
    });
  }
  if (code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED') {
    return new CallError('the connection is closed', { kind: 'refused', retryable: true, mayHaveActed: wasSent });
  }
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    return new CallError(error.message, { kind: 'refused', retryable: false, mayHaveActed: false, cause: error });
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new CallError('the headers of the answer are too large', {
      kind: 'too-large',
      retryable: false,
      mayHaveActed: true,
    });
  }
  if (code.startsWith('HPE_')) {
    return new CallError('the answer is not HTTP/1.1', {
      kind: 'invalid-response',
      retryable: false,
      mayHaveActed: true,
      cause: error,
    });
  }
  const reason = code || error.message;
  return new CallError(
    wasSent ? `the connection was lost before the answer (${reason})` : `no connection (${reason})`,
    {
      kind: 'unavailable',
      // A certificate that is wrong now is wrong in a second.
      retryable: !/CERT|ALTNAME|SELF_SIGNED|VERIFY/.test(code),
      mayHaveActed: wasSent,
      cause: error,
    },
  );
}
