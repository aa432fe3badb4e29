import type { OperationStats, OperationTried, ServiceDetail, ServiceEntry } from '@heddle/engine/api/contract';
import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FlowDocument } from '../model/flow-document.ts';
import { catalogueKey } from './catalogue.ts';
import { request } from './client.ts';

const at = (serviceId: string, rest = '') => `/services/${encodeURIComponent(serviceId)}${rest}`;

export const useServices = () =>
  useQuery({
    queryKey: catalogueKey,
    queryFn: ({ signal }) => request<{ services: ServiceEntry[] }>('GET', '/services', undefined, signal),
    staleTime: 30_000,
  });

export const useService = (serviceId: string) =>
  useQuery({ queryKey: ['service', serviceId], queryFn: () => request<ServiceDetail>('GET', at(serviceId)) });

/** Live figures of every operation that has been called. */
export const useStats = () =>
  useQuery({
    queryKey: ['service-stats'],
    queryFn: () => request<{ operations: OperationStats[] }>('GET', '/services/stats'),
    refetchInterval: 5_000,
  });

/** The current definitions of some flows. */
export const useDefinitions = (flowIds: readonly string[]) =>
  useQueries({
    queries: flowIds.map((flowId) => ({
      queryKey: ['flow', flowId],
      queryFn: () => request<FlowDocument>('GET', `/flows/${encodeURIComponent(flowId)}`),
    })),
    combine: (results) => results.flatMap(({ data }) => (data === undefined ? [] : [data])),
  });

export function useTryOperation(serviceId: string, operation: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: unknown) =>
      request<OperationTried>('POST', at(serviceId, `/operations/${encodeURIComponent(operation)}/try`), { input }),
    onSettled: () => client.invalidateQueries({ queryKey: ['service-stats'] }),
  });
}
