import type { RunDetail, RunPage } from '@heddle/engine/api/contract';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { request } from './client.ts';

const at = (runId: string, rest = '') => `/runs/${encodeURIComponent(runId)}${rest}`;

/** The parameters of `GET /runs`, as text. */
export type RunQuery = { readonly [parameter: string]: string };

/** @param ask gives the parameters at the time of asking, so that "the last hour" goes with the clock */
export const useRuns = (key: readonly unknown[], ask: () => RunQuery, everyMs: number) =>
  useQuery({
    queryKey: ['runs', ...key],
    queryFn: ({ signal }) => request<RunPage>('GET', `/runs?${new URLSearchParams(ask())}`, undefined, signal),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
  });

export const useRun = (runId: string) =>
  useQuery({ queryKey: ['run', runId], queryFn: () => request<RunDetail>('GET', at(runId)) });

export const eventsOf = (runId: string) => at(runId, '/events');

/** What can be done to a run; the body is what the engine's route takes. */
export function useRunAction(runId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, body }: { path: string; body?: unknown }) =>
      request<{ result: string }>('POST', at(runId, path), body ?? {}),
    onSettled: () => Promise.all([['run', runId], ['runs']].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
