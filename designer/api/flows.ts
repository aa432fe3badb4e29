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
import { request } from './client.ts';

const at = (flowId: string, rest = '') => `/flows/${encodeURIComponent(flowId)}${rest}`;
const draftAt = (flowId: string) => `/drafts/${encodeURIComponent(flowId)}`;

export const loadDraft = (flowId: string) => request<SavedDraft>('GET', draftAt(flowId));
export const saveDraft = (flowId: string, definition: FlowDocument, revision: number) =>
  request<SavedDraft>('PUT', draftAt(flowId), { definition, revision });
const loadFlow = (flowId: string) => request<FlowDocument>('GET', at(flowId));
export const validate = (definition: FlowDocument, signal: AbortSignal) =>
  request<{ ok: boolean; problems: Problem[] }>('POST', '/validate', definition, signal);
export const tryFlow = (body: TryRequest) => request<TryResult>('POST', '/try', body);

const listFlows = () => request<{ flows: FlowSummary[] }>('GET', '/flows');
const listDrafts = () => request<{ drafts: DraftSummary[] }>('GET', '/drafts');

/*
 * A browser writes every 404 into its console as an error, so what may be missing is looked up in the lists first.
 */
const isPublished = async (flowId: string) => (await listFlows()).flows.some((flow) => flow.id === flowId);
const hasDraft = async (flowId: string) => (await listDrafts()).drafts.some((draft) => draft.flowId === flowId);

/** The draft of a flow, else what is published of it with revision 0; undefined if there is neither. */
export async function openFlow(
  flowId: string,
): Promise<{ readonly document: FlowDocument; readonly revision: number } | undefined> {
  if (await hasDraft(flowId)) {
    const { definition, revision } = await loadDraft(flowId);
    return { document: definition, revision };
  }
  return (await isPublished(flowId)) ? { document: await loadFlow(flowId), revision: 0 } : undefined;
}

export const useFlows = () => useQuery({ queryKey: ['flows'], queryFn: listFlows });

export const useDrafts = () => useQuery({ queryKey: ['drafts'], queryFn: listDrafts });

export const useVersions = (flowId: string) =>
  useQuery({
    queryKey: ['versions', flowId],
    queryFn: async () =>
      (await isPublished(flowId))
        ? (await request<{ versions: VersionInfo[] }>('GET', at(flowId, '/versions'))).versions
        : [],
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
