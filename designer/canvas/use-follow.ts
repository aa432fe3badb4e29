import { useEffect } from 'react';
import { targetOf } from '../model/edit.ts';
import { partsOfEdge, START } from '../model/graph.ts';
import { indexOf } from '../model/graph-scope.ts';
import type { Camera } from './camera.ts';
import { useCanvas } from './canvas-context.ts';
import type { View } from './view.ts';

/** How long after a choice a change of the arrangement may still move the view to what was chosen. */
const FOLLOW_MS = 1_500;

/** Keeps in sight what has just been chosen, wherever that was done, also when it is moved by an arrangement. */
export function useFollow(camera: Camera, isOn: boolean): void {
  const { editor, view, moment } = useCanvas();
  useEffect(() => {
    if (!isOn) return;
    let chosenAt = 0;
    const follow = (): void => {
      const [id, ...others] = editor.getState().selection;
      if (id === undefined || others.length > 0 || partsOfEdge(id)) return;
      if (performance.now() - chosenAt < FOLLOW_MS) camera.reveal(id);
    };
    const stops = [
      editor.subscribe((state, before) => {
        if (state.selection === before.selection) return;
        chosenAt = performance.now();
        moment.setState({ hasWandered: false });
        const [id] = state.selection;
        if (id !== undefined && view.getState().graph.nodes.has(id)) moment.setState({ focused: id });
        follow();
      }),
      view.subscribe((state, before) => {
        if (state.frames !== before.frames) follow();
        if (state.graph === before.graph) return;
        if (!state.graph.nodes.has(moment.getState().focused)) moment.setState({ focused: START });
        const { selection, select } = editor.getState();
        const left = selection.filter((one) => isThere(state, one));
        if (left.length < selection.length) select(left);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [camera, editor, view, moment, isOn]);
}

/** Whether what is selected is still in the flow, folded away or not. */
function isThere({ graph, document }: View, id: string): boolean {
  const edge = partsOfEdge(id);
  if (edge) return targetOf(document, edge) !== undefined;
  const { nodes, scopes } = indexOf(document);
  return graph.nodes.has(id) || nodes.has(id) || scopes.has(id);
}
