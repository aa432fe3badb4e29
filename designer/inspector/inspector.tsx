import type { Problem } from '@heddle/engine/errors';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useEditor, useEditorStore } from '../editor/use-editor.ts';
import type { Catalogue } from '../model/catalogue.ts';
import { placesOf } from '../model/data-place.ts';
import type { Samples } from '../model/data-sample.ts';
import { BranchForm, branchAt } from './branch-form.tsx';
import { FlowForm } from './flow-form.tsx';
import { useFocusExchange } from './focus-exchange.ts';
import { NodeForm } from './node-form.tsx';
import { NodeScene } from './node-scene.tsx';
import './inspector.css';

/** What the inspector is told from outside; the document and the selection it reads from the editor. */
export interface InspectorProps {
  readonly problems: readonly Problem[];
  readonly catalogue: Catalogue;
  /** Data of the last run. */
  readonly samples: { readonly input?: unknown; readonly steps?: { readonly [nodeId: string]: unknown } };
}

/** The form of what is selected: a node, a branch, or, with nothing selected, the flow itself. */
export function Inspector(props: InspectorProps) {
  const [selected] = useEditor((state) => state.selection);
  return (
    <div className="heddle-i-inspector" {...useFocusExchange(selected)}>
      <Shown {...props} />
    </div>
  );
}

function Shown(props: InspectorProps) {
  const { t } = useTranslation('inspector');
  const document = useEditor((state) => state.document);
  const selection = useEditor((state) => state.selection);
  const editor = useEditorStore();
  const [selected] = selection;
  const isNode = selected !== undefined && placesOf(document).has(selected);
  // What the engine sends is JSON.
  const samples = useMemo(() => props.samples as Samples, [props.samples]);
  const given = { problems: props.problems, catalogue: props.catalogue, samples };
  if (selection.length > 1)
    return <p className="heddle-i-inspector-note">{t('several', { count: selection.length })}</p>;
  if (selected !== undefined && isNode) {
    return (
      <NodeScene key={selected} nodeId={selected} {...given}>
        <NodeForm nodeId={selected} onRename={(id) => editor.getState().select([id])} />
      </NodeScene>
    );
  }
  const branch = selected === undefined ? undefined : branchAt(document, selected);
  if (branch !== undefined) {
    return (
      <NodeScene key={selected} nodeId={branch.nodeId} {...given}>
        <BranchForm {...branch} />
      </NodeScene>
    );
  }
  return (
    <NodeScene nodeId={undefined} {...given}>
      <FlowForm />
    </NodeScene>
  );
}
