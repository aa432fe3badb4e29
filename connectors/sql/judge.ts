import { CallError, isCallError, refused } from '../sdk/index.ts';
import { InputError } from './plan.ts';
import { SqlFault } from './session.ts';
import { StatementError } from './statement.ts';

/**
 * How far a call has come:
 * - `unsent`: no statement has left.
 * - `undecided`: statements have left, but no COMMIT; without it the database undoes them.
 * - `decided`: COMMIT has left, or a statement that needs none.
 */
export type Phase = 'unsent' | 'undecided' | 'decided';

/**
 * | fault | kind | may have acted | retryable |
 * |---|---|---|---|
 * | lost | unavailable | once decided | yes |
 * | denied | unavailable | no | no |
 * | conflict (deadlock, serialization, busy) | unavailable | no: the database undid it | yes |
 * | rejected | rejected | no: the database undid it | no |
 * | failed | failed | once decided | no |
 * | timeout | timeout | once decided | yes |
 * | too-large, unreadable | too-large, invalid-response | once decided | no |
 */
export function judge(error: unknown, phase: Phase): CallError {
  if (isCallError(error)) return error;
  if (error instanceof InputError || error instanceof StatementError) return refused(error.message);
  if (!(error instanceof SqlFault)) throw error;
  const { kind, message, facts } = error;
  const isDecided = phase === 'decided';
  const body = Object.keys(facts).length > 0 ? { body: facts } : {};
  const made = (text: string, callKind: CallError['kind'], retryable: boolean, mayHaveActed: boolean) =>
    new CallError(text, { kind: callKind, retryable, mayHaveActed, ...body });
  switch (kind) {
    case 'lost':
      return made(
        phase === 'unsent' ? `no connection: ${message}` : `the connection was lost before the answer: ${message}`,
        'unavailable',
        true,
        isDecided,
      );
    case 'denied':
      return made(message, 'unavailable', false, false);
    case 'conflict':
      return made(message, 'unavailable', true, false);
    case 'rejected':
      return made(message, 'rejected', false, false);
    case 'failed':
      return made(message, 'failed', false, isDecided);
    case 'timeout':
      return made(message, 'timeout', true, isDecided);
    case 'too-large':
      return made(message, 'too-large', false, isDecided);
    case 'unreadable':
      return made(message, 'invalid-response', false, isDecided);
  }
}
