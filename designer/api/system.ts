import { useQuery } from '@tanstack/react-query';
import { request } from './client.ts';

/** How the engine is: whether it takes work, and the version of its API. */
export const useEngine = () =>
  useQuery({
    queryKey: ['engine'],
    queryFn: async () => {
      const [ready, document] = await Promise.all([
        request<{ ready: boolean; activeRuns: number; reason?: string }>('GET', '/ready'),
        request<{ info: { version: string } }>('GET', '/openapi.json'),
      ]);
      return { ...ready, version: document.info.version };
    },
    refetchInterval: 10_000,
  });
