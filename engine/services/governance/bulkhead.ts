import { bulkhead as cockatielBulkhead, isBulkheadRejectedError } from 'cockatiel';
import { type Layer, Refusal } from './call.ts';

/** At most `concurrent` calls at a time, and `queue` waiting; the rest is refused. Waiting counts against the deadline. */
export function bulkhead({ concurrent, queue }: { readonly concurrent: number; readonly queue: number }): Layer {
  const policy = cockatielBulkhead(concurrent, queue);
  return (next) => async (call) => {
    try {
      return await policy.execute(() => next(call));
    } catch (error) {
      if (!isBulkheadRejectedError(error)) throw error;
      throw new Refusal('SERVICE_OVERLOADED', `${concurrent} calls are out and ${queue} are waiting`);
    }
  };
}
