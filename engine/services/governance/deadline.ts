import type { Answer } from '@heddle/connectors/sdk/index';
import { type Call, Refusal, type Run } from './call.ts';

/**
 * The outermost layer: whatever waits inside (a queue, a delay, a connector that does not keep to its deadline) the
 * caller has its answer in time. A connector hears of the deadline itself and knows better what has happened, so it is
 * left the rest of this turn of the event loop.
 */
export function withinDeadline(call: Call, run: Run): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const withdraw = call.deadline.onExpire(() =>
      setImmediate(() => {
        call.mayHaveActed ||= call.isOut;
        const what = call.isOut ? 'no answer within the deadline' : 'the deadline passed while the call was waiting';
        reject(new Refusal('DEADLINE_EXCEEDED', what));
      }),
    );
    run(call).then(
      (answer) => {
        withdraw();
        resolve(answer);
      },
      (error: unknown) => {
        withdraw();
        reject(error);
      },
    );
  });
}
