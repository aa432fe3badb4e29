import { useCatalogue } from '../api/catalogue.ts';
import { useSamples } from '../api/flows.ts';
import { WideStep } from '../inspector/index.ts';
import { Loading } from '../ui/pending.tsx';
import { useChecks, useWorkbench } from './workbench.ts';

/** One step opened wide, in the place of canvas and inspector. */
export function OpenedStep({ nodeId }: { readonly nodeId: string }) {
  const { flowId } = useWorkbench();
  const problems = useChecks((state) => state.problems);
  const catalogue = useCatalogue();
  const samples = useSamples(flowId);
  if (!catalogue.data) return <Loading />;
  return (
    <WideStep nodeId={nodeId} problems={problems} catalogue={catalogue.data} samples={samples.data ?? { steps: {} }} />
  );
}
