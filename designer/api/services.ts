import type {
  ConnectorInfo,
  EffectivePolicy,
  Fault,
  FaultRequest,
  ImportResult,
  OperationTried,
  Service,
  ServiceDetail,
  ServiceEndpoints,
  ServiceEntry,
  ServiceGroup,
} from '@heddle/engine/api/contract';
import { type QueryClient, useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FlowDocument } from '../model/flow-document.ts';
import { catalogueKey } from './catalogue.ts';
import { request } from './client.ts';

const at = (serviceId: string, rest = '') => `/services/${encodeURIComponent(serviceId)}${rest}`;
const operationAt = (serviceId: string, operation: string, rest: string) =>
  at(serviceId, `/operations/${encodeURIComponent(operation)}${rest}`);

export const useServices = () =>
  useQuery({
    queryKey: catalogueKey,
    queryFn: ({ signal }) => request<{ services: ServiceEntry[] }>('GET', '/services', undefined, signal),
    staleTime: 30_000,
  });

export const useService = (serviceId: string) =>
  useQuery({ queryKey: ['service', serviceId], queryFn: () => request<ServiceDetail>('GET', at(serviceId)) });

/** The current definitions of some flows. */
export const useDefinitions = (flowIds: readonly string[]) =>
  useQueries({
    queries: flowIds.map((flowId) => ({
      queryKey: ['flow', flowId],
      queryFn: () => request<FlowDocument>('GET', `/flows/${encodeURIComponent(flowId)}`),
    })),
    combine: (results) => results.flatMap(({ data }) => (data === undefined ? [] : [data])),
  });

export const useTryOperation = (serviceId: string, operation: string) =>
  useMutation({
    mutationFn: (input: unknown) =>
      request<OperationTried>('POST', operationAt(serviceId, operation, '/try'), { input }),
  });

export const useConnectors = () =>
  useQuery({
    queryKey: ['connectors'],
    queryFn: () => request<{ connectors: ConnectorInfo[] }>('GET', '/connectors'),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What a service is made of: an OpenAPI document, or what a connector learns by asking. */
export type Import =
  | {
      readonly kind: 'openapi';
      readonly text?: string;
      readonly url?: string;
      readonly id?: string;
      readonly baseUrl?: string;
    }
  | { readonly kind: 'discover'; readonly connector: string; readonly from: unknown; readonly id?: string };

/** Looks at what an import would make, or with `dryRun: false` makes it. */
export function useImport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ what: { kind, ...body }, dryRun }: { readonly what: Import; readonly dryRun: boolean }) =>
      request<ImportResult>('POST', kind === 'openapi' ? '/services/import' : '/services/discover', {
        ...body,
        dryRun,
      }),
    onSettled: (_result, _error, { dryRun }) => (dryRun ? undefined : refresh(client)),
  });
}

export const useGroups = () =>
  useQuery({
    queryKey: ['service-groups'],
    queryFn: () => request<{ groups: ServiceGroup[] }>('GET', '/service-groups'),
    staleTime: 30_000,
  });

/** The policy in force for an operation, and what each level says. */
export const useOperationPolicy = (serviceId: string, operation: string) =>
  useQuery({
    queryKey: ['operation-policy', serviceId, operation],
    queryFn: () => request<EffectivePolicy>('GET', operationAt(serviceId, operation, '/policy')),
  });

export type Level = 'group' | 'service' | 'operation';

export interface PolicyChange {
  readonly level: Level;
  /** A merge patch of the policy of that level. */
  readonly patch: object;
  /** Of the group or the service that the change was made for. */
  readonly revision: number;
}

/** Changes a part of a policy. Whatever comes of it, what is shown is asked for again. */
export function useChangePolicy(place: {
  readonly service: string;
  readonly operation: string;
  readonly group: string | undefined;
}) {
  const client = useQueryClient();
  const paths: Readonly<Record<Level, string>> = {
    group: `/service-groups/${encodeURIComponent(place.group ?? '')}/policy`,
    service: at(place.service, '/policy'),
    operation: operationAt(place.service, place.operation, '/policy'),
  };
  return useMutation({
    mutationFn: ({ level, patch, revision }: PolicyChange) => change(paths[level], patch, revision),
    onSettled: () => refresh(client),
  });
}

/** The endpoints of a service by now. Asking makes the engine look them up, so it is asked only where there are any. */
export const useEndpoints = (serviceId: string, isOn: boolean) =>
  useQuery({
    queryKey: ['service-endpoints', serviceId],
    queryFn: () => request<ServiceEndpoints>('GET', at(serviceId, '/endpoints')),
    enabled: isOn,
    refetchInterval: 5_000,
  });

export function useChangeEndpoints(serviceId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: { readonly endpoints: NonNullable<Service['endpoints']>; readonly revision: number }) =>
      change(at(serviceId, '/endpoints'), { endpoints: wanted.endpoints }, wanted.revision),
    onSettled: () => refresh(client),
  });
}

/** Failures that are rehearsed now. */
export const useFaults = () =>
  useQuery({
    queryKey: ['faults'],
    queryFn: () => request<{ isAllowed: boolean; faults: Fault[] }>('GET', '/services/faults'),
    refetchInterval: 5_000,
  });

/** Starts a rehearsal on an operation, or ends the one that runs. */
export function useRehearse(serviceId: string, operation: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (wanted: FaultRequest | 'end') => {
      const path = operationAt(serviceId, operation, '/faults');
      await (wanted === 'end' ? request('DELETE', path) : request('POST', path, wanted));
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['faults'] }),
  });
}

const refresh = (client: QueryClient) =>
  Promise.all(
    [catalogueKey, ['service'], ['service-groups'], ['operation-policy'], ['service-endpoints'], ['secrets']].map(
      (queryKey) => client.invalidateQueries({ queryKey }),
    ),
  );

/**
 * Sends a merge patch that holds for one revision.
 *
 * @throws {ApiError} `SERVICE_CHANGED` (412) if there is another revision by now.
 */
const change = (path: string, patch: object, revision: number) =>
  request<{ readonly revision: number }>('PATCH', path, patch, undefined, { revision });
