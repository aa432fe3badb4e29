import type {
  DeadLetterRow,
  DeadLetterWhole,
  MessageConsumer,
  MessagePeeked,
  MessageScheduled,
  MessageTopic,
} from '@heddle/engine/api/contract';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { request } from './client.ts';

/** Readers, topics and the number of dead letters, as they are now. */
export const useMessageFigures = () =>
  useQuery({
    queryKey: ['messages'],
    queryFn: ({ signal }) =>
      request<{ consumers: MessageConsumer[]; topics: MessageTopic[]; dead: number }>(
        'GET',
        '/messages',
        undefined,
        signal,
      ),
    refetchInterval: 2_000,
  });

/** @param query parameters of `GET /dead-letters` */
export const useDeadLetters = (query: { readonly [parameter: string]: string }) =>
  useQuery({
    queryKey: ['dead-letters', query],
    queryFn: ({ signal }) =>
      request<{ letters: DeadLetterRow[]; next?: number }>(
        'GET',
        `/dead-letters?${new URLSearchParams(query)}`,
        undefined,
        signal,
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });

/** One letter, unmasked: asked for once, because each reading is written into the audit log. */
export const useDeadLetter = (id: number) =>
  useQuery({
    queryKey: ['dead-letter', id],
    queryFn: () => request<DeadLetterWhole>('GET', `/dead-letters/${id}`),
    staleTime: Number.POSITIVE_INFINITY,
  });

export type LetterAction =
  | { readonly kind: 'redrive'; readonly id: number; readonly body?: string }
  | { readonly kind: 'redrive-many'; readonly ids: readonly number[] }
  | { readonly kind: 'discard'; readonly ids: readonly number[] };

export interface LettersSettled {
  readonly redriven?: number;
  readonly discarded?: number;
  readonly failed?: readonly { readonly id: number; readonly reason: string }[];
}

/** Sends letters again or discards them. */
export function useLetterAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (action: LetterAction) => {
      if (action.kind === 'redrive')
        return request<LettersSettled>(
          'POST',
          `/dead-letters/${action.id}/redrive`,
          action.body === undefined ? undefined : { body: action.body },
        );
      const path = action.kind === 'discard' ? '/dead-letters/discard' : '/dead-letters/redrive';
      return request<LettersSettled>('POST', path, { ids: action.ids });
    },
    onSettled: () =>
      Promise.all(
        [['messages'], ['dead-letters'], ['dead-letter']].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  });
}

export const useScheduled = () =>
  useQuery({
    queryKey: ['scheduled-messages'],
    queryFn: () => request<{ messages: MessageScheduled[] }>('GET', '/messages/scheduled?limit=200'),
    refetchInterval: 2_000,
  });

export function useCancelScheduled() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<void>('DELETE', `/messages/scheduled/${encodeURIComponent(id)}`),
    onSettled: () => client.invalidateQueries({ queryKey: ['scheduled-messages'] }),
  });
}

export interface PreviewRequest {
  readonly service: string;
  readonly source: object;
  readonly search?: string;
}

/** Looks at messages of a broker; they stay where they are. */
export const usePreview = () =>
  useMutation({
    mutationFn: (wanted: PreviewRequest) => request<{ messages: MessagePeeked[] }>('POST', '/messages/preview', wanted),
  });
