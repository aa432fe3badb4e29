import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { openFlow } from '../api/flows.ts';
import { NotFound } from '../ui/not-found.tsx';
import { Failed, Loading } from '../ui/pending.tsx';
import { readBackup } from './backup.ts';
import { Designer } from './designer.tsx';
import { EditorProvider } from './use-editor.ts';
import { openWorkbench, type Workbench, WorkbenchProvider } from './workbench.ts';

const route = getRouteApi('/app/designer/$flowId');

/** Opens a flow's draft, else what is published of it. */
export function DesignerPage() {
  const { flowId } = route.useParams();
  const opened = useQuery({
    queryKey: ['opened', flowId],
    queryFn: async () => (await openFlow(flowId)) ?? null,
    // What is edited is the copy in the workbench; asking again would only fetch what this page itself has saved.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  if (opened.error) return <Failed error={opened.error} reset={() => void opened.refetch()} />;
  if (opened.data === undefined) return <Loading />;
  if (opened.data === null) return <NotFound />;
  return <OpenFlow key={flowId} flowId={flowId} opened={opened.data} />;
}

type Opened = NonNullable<Awaited<ReturnType<typeof openFlow>>>;

function OpenFlow({ flowId, opened }: { readonly flowId: string; readonly opened: Opened }) {
  const { node } = route.useSearch();
  const [workbench, setWorkbench] = useState<Workbench>();
  useEffect(() => {
    const made = openWorkbench(flowId, opened.document, opened.revision);
    const unsaved = readBackup(flowId, opened.revision);
    if (unsaved) made.editor.getState().edit(() => unsaved);
    setWorkbench(made);
    return () => made.close();
  }, [flowId, opened]);
  useEffect(() => {
    if (node !== undefined) workbench?.editor.getState().select([node]);
  }, [workbench, node]);
  if (workbench === undefined) return <Loading />;
  return (
    <WorkbenchProvider value={workbench}>
      <EditorProvider value={workbench.editor}>
        <Designer />
      </EditorProvider>
    </WorkbenchProvider>
  );
}
