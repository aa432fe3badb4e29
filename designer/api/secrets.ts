import type { SecretEntry } from '@heddle/engine/api/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { request } from './client.ts';

const key = ['secrets'] as const;

/** Secrets that there are and that services name; never their values. */
export const useSecrets = () =>
  useQuery({
    queryKey: key,
    queryFn: ({ signal }) => request<{ secrets: SecretEntry[] }>('GET', '/secrets', undefined, signal),
    refetchInterval: 15_000,
  });

export type SecretAction =
  | { readonly kind: 'enter'; readonly name: string; readonly value: string }
  | { readonly kind: 'remove'; readonly name: string };

export function useSecretAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (action: SecretAction) => {
      const path = `/secrets/${encodeURIComponent(action.name)}`;
      if (action.kind === 'enter') await request('PUT', path, { value: action.value });
      else await request('DELETE', path);
    },
    // What was typed must not stay in memory with the mutation.
    gcTime: 0,
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}
