import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { eventsOf } from '../api/runs.ts';

const KINDS = [
  'entered',
  'completed',
  'chose',
  'failed',
  'retrying',
  'asking',
  'incident',
  'cancelled',
  'undoing',
  'undone',
  'responded',
  'signal',
  'dropped',
  'operator',
  'finished',
];
/** Lines that come together are answered by one look at the run. */
const GATHER_MS = 250;

/**
 * Keeps what is known of a run fresh while it is open: each batch of history lines makes the run be read again, which
 * gives its steps as the engine puts them together. Ends with the run.
 */
export function useLive(runId: string, isOpen: boolean): 'live' | 'offline' | 'ended' {
  const client = useQueryClient();
  const [state, setState] = useState<'live' | 'offline'>('live');
  useEffect(() => {
    if (!isOpen) return;
    const source = new EventSource(eventsOf(runId));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ['run', runId] });
      }, GATHER_MS);
    };
    for (const kind of KINDS) source.addEventListener(kind, look);
    source.addEventListener('finished', () => source.close());
    source.onopen = () => setState('live');
    source.onerror = () => setState('offline');
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, [client, runId, isOpen]);
  return isOpen ? state : 'ended';
}
