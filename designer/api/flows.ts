import type {
  CaseResult,
  DraftSummary,
  FlowSummary,
  Problem,
  Samples,
  TestCase,
  TestCaseContent,
  TryRequest,
  TryResult,
  VersionInfo,
} from '@heddle/engine/api/contract';
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FlowDocument } from '../model/flow-document.ts';
import type { SavedDraft } from '../publish/draft-saver.ts';
import { ApiError, request } from './client.ts';

const at = (flowId: string, rest = '') => `/flows/${encodeURIComponent(flowId)}${rest}`;
const draftAt = (flowId: string) => `/drafts/${encodeURIComponent(flowId)}`;

export const loadDraft = (flowId: string) => request<SavedDraft>('GET', draftAt(flowId));
export const saveDraft = (flowId: string, definition: FlowDocument, revision: number) =>
  request<SavedDraft>('PUT', draftAt(flowId), { definition, revision });
export const loadFlow = (flowId: string) => request<FlowDocument>('GET', at(flowId));
export const validate = (definition: FlowDocument, signal: AbortSignal) =>
  request<{ ok: boolean; problems: Problem[] }>('POST', '/validate', definition, signal);
export const tryFlow = (body: TryRequest) => request<TryResult>('POST', '/try', body);

/** Undefined where the engine says that there is no such thing. */
export async function unlessMissing<T>(loading: Promise<T>): Promise<T | undefined> {
  try {
    return await loading;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

export const useFlows = () =>
  useQuery({ queryKey: ['flows'], queryFn: () => request<{ flows: FlowSummary[] }>('GET', '/flows') });

export const useDrafts = () =>
  useQuery({ queryKey: ['drafts'], queryFn: () => request<{ drafts: DraftSummary[] }>('GET', '/drafts') });

export const useVersions = (flowId: string) =>
  useQuery({
    queryKey: ['versions', flowId],
    queryFn: async () =>
      (await unlessMissing(request<{ versions: VersionInfo[] }>('GET', at(flowId, '/versions'))))?.versions ?? [],
  });

/** A version never changes, so it is fetched once. */
export const useVersion = (flowId: string, version: string | undefined) =>
  useQuery({
    queryKey: ['version', flowId, version],
    queryFn: () => request<FlowDocument>('GET', at(flowId, `/versions/${version}`)),
    enabled: version !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What the last finished run of the flow took and gave: values to show beside paths. */
export const useSamples = (flowId: string) =>
  useQuery({ queryKey: ['samples', flowId], queryFn: () => request<Samples>('GET', at(flowId, '/samples')) });

export const useCases = (flowId: string) =>
  useQuery({
    queryKey: ['cases', flowId],
    queryFn: () => request<{ cases: TestCase[] }>('GET', at(flowId, '/cases')),
  });

const forgetFlow = (client: QueryClient, flowId: string) =>
  Promise.all(
    [['flows'], ['drafts'], ['versions', flowId], ['cases', flowId]].map((queryKey) =>
      client.invalidateQueries({ queryKey }),
    ),
  );

export function usePublish(flowId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { definition: FlowDocument; note: string }) =>
      request<{ version: VersionInfo; warnings: Problem[] }>('POST', at(flowId, '/versions'), body),
    onSuccess: () => forgetFlow(client, flowId),
  });
}

export function useSaveCase(flowId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...content }: TestCaseContent & { id: string }) =>
      request<TestCase>('PUT', at(flowId, `/cases/${encodeURIComponent(id)}`), content),
    onSuccess: () => forgetFlow(client, flowId),
  });
}

export function useDeleteCase(flowId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<void>('DELETE', at(flowId, `/cases/${encodeURIComponent(id)}`)),
    onSuccess: () => forgetFlow(client, flowId),
  });
}

export const useRunCases = (flowId: string) =>
  useMutation({
    mutationFn: (body: { definition: FlowDocument; caseIds?: string[] }) =>
      request<{ results: CaseResult[] }>('POST', at(flowId, '/cases/run'), body),
  });

export function useDiscardDraft() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (flowId: string) => request<void>('DELETE', draftAt(flowId)),
    onSuccess: (_nothing, flowId) => forgetFlow(client, flowId),
  });
}
