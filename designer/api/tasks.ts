import type { Task } from '@heddle/engine/api/contract';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { request } from './client.ts';

interface TaskPage {
  readonly tasks: readonly Task[];
  readonly next?: string;
}

/** @param query parameters of `GET /tasks` */
export const useTasks = (query: { readonly [parameter: string]: string }) =>
  useQuery({
    queryKey: ['tasks', query],
    queryFn: ({ signal }) => request<TaskPage>('GET', `/tasks?${new URLSearchParams(query)}`, undefined, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });

export const useTask = (taskId: string | undefined) =>
  useQuery({
    queryKey: ['task', taskId],
    queryFn: () => request<Task>('GET', `/tasks/${encodeURIComponent(taskId ?? '')}`),
    enabled: taskId !== undefined,
    refetchInterval: 5_000,
  });

/** Claims, gives back or completes a task. */
export function useTaskAction(taskId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ verb, body }: { verb: 'claim' | 'release' | 'complete'; body?: unknown }) =>
      request<unknown>('POST', `/tasks/${encodeURIComponent(taskId)}/${verb}`, body),
    onSettled: () =>
      Promise.all([['task', taskId], ['tasks']].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
