import type { Json, Problem } from '@heddle/engine/errors';
import { ConfigProvider } from 'antd';
import { type ReactNode, useMemo } from 'react';
import { useEditor, useEditorStore } from '../editor/use-editor.ts';
import type { Catalogue } from '../model/catalogue.ts';
import { placesOf } from '../model/data-place.ts';
import type { Samples } from '../model/data-sample.ts';
import { reachAt, reachAtStart, type Section } from '../model/reach.ts';
import { confirmSuggestion, suggestedAt } from '../model/suggest-confirm.ts';
import { type PropertyPath, setFlowProperty, setProperty, toPointer } from '../model/value.ts';
import { type Scene, SceneProvider } from './scene.ts';
import { widgets } from './widgets/index.ts';

/** Gives a form what it edits: a node, or with no id the flow itself. */
export function NodeScene(props: {
  readonly nodeId: string | undefined;
  readonly problems: readonly Problem[];
  readonly catalogue: Catalogue;
  readonly samples: Samples;
  readonly children: ReactNode;
}) {
  const { nodeId, catalogue, samples } = props;
  const editor = useEditorStore();
  const document = useEditor((state) => state.document);
  const readOnly = useEditor((state) => state.readOnly);
  const change = useMemo(
    () => (path: PropertyPath, value: Json | undefined) =>
      editor.getState().edit((before) => {
        if (nodeId === undefined) return setFlowProperty(before, path, value);
        return confirmSuggestion(setProperty(before, nodeId, path, value), nodeId, toPointer(path));
      }),
    [editor, nodeId],
  );
  const confirm = useMemo(
    () => (pointer: string) => {
      if (nodeId !== undefined) editor.getState().edit((before) => confirmSuggestion(before, nodeId, pointer));
    },
    [editor, nodeId],
  );
  const scene = useMemo(
    (): Scene => ({
      document,
      nodeId,
      catalogue,
      samples,
      readOnly,
      widgets,
      change,
      confirm,
      problems: problemsOf(document, nodeId, props.problems),
      suggested: new Set(nodeId === undefined ? [] : suggestedAt(document, nodeId)),
      reach: (section?: Section) => reachAt(document, nodeId, catalogue, section),
    }),
    [document, nodeId, catalogue, samples, readOnly, change, confirm, props.problems],
  );
  return (
    <ConfigProvider componentSize="small">
      <SceneProvider value={scene}>{props.children}</SceneProvider>
    </ConfigProvider>
  );
}

/** The same scene where only the input can be read: for keys that are worked out before a run begins. */
export function StartScene({ scene, children }: { readonly scene: Scene; readonly children: ReactNode }) {
  const atStart = useMemo(() => ({ ...scene, reach: () => reachAtStart(scene.document) }), [scene]);
  return <SceneProvider value={atStart}>{children}</SceneProvider>;
}

/** What is wrong with a node, with pointers from it; what is wrong with nodes inside it is theirs. */
function problemsOf(
  document: Scene['document'],
  nodeId: string | undefined,
  problems: readonly Problem[],
): readonly Problem[] {
  if (nodeId === undefined) return problems.filter(({ pointer }) => !pointer.startsWith('/nodes/'));
  const at = placesOf(document).get(nodeId)?.pointer;
  if (at === undefined) return [];
  return problems
    .filter(({ pointer }) => pointer === at || pointer.startsWith(`${at}/`))
    .map((problem) => ({ ...problem, pointer: problem.pointer.slice(at.length) }))
    .filter(({ pointer }) => !pointer.includes('/nodes/'));
}
