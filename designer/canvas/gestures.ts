import { applyNodeChanges, type Connection, type EdgeChange, type NodeChange, useReactFlow } from '@xyflow/react';
import { type Dispatch, type RefObject, type SetStateAction, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { connect, moveNodes, setManual, setNote, setPlaces, validTargets } from '../model/edit.ts';
import { indexOf } from '../model/graph-scope.ts';
import { titleOf } from '../model/graph-text.ts';
import { addDropZone, insertDraft, useInsertion } from '../palette/index.ts';
import { type Canvas, useCanvas } from './canvas-context.ts';
import { dropAt, type Pointer, showDrop } from './drop.ts';
import type { CardNode, LineEdge } from './projection.ts';
import { openQuickAdd } from './quick-add-state.ts';
import { useWords } from './use-words.ts';

type SetNodes = Dispatch<SetStateAction<readonly CardNode[]>>;

const pointOf = (event: MouseEvent | TouchEvent): { readonly x: number; readonly y: number } => {
  const from = 'clientX' in event ? event : (event.changedTouches[0] ?? { clientX: 0, clientY: 0 });
  return { x: from.clientX, y: from.clientY };
};

/** What the mouse does on the canvas, turned into edits. While something is dragged, the document is left alone. */
export function useGestures(setNodes: SetNodes) {
  const canvas = useCanvas();
  const flow = useReactFlow();
  const { t } = useTranslation('canvas');
  const { language } = useWords();
  return useMemo(() => {
    const { editor, moment } = canvas;
    let isBoxing = false;
    const pointer = (event: MouseEvent | TouchEvent): Pointer => {
      const client = pointOf(event);
      return { client, flow: flow.screenToFlowPosition(client) };
    };
    const steps = (nodes: readonly CardNode[]) =>
      nodes.flatMap(({ id, type }) => (type === 'note' || type === 'start' ? [] : [id]));
    const refOf = (connection: { readonly source: string | null; readonly sourceHandle?: string | null }) => ({
      source: connection.source ?? '',
      exit: connection.sourceHandle ?? '',
    });

    return {
      onNodesChange: (changes: NodeChange<CardNode>[]) => {
        select(canvas, changes);
        const shown = changes.filter(
          (change) => change.type === 'position' || (change.type === 'dimensions' && change.id.startsWith('note:')),
        );
        if (shown.length > 0 && !canvas.isReadOnly) setNodes((nodes) => applyNodeChanges(shown, [...nodes]));
      },
      // A box is drawn around steps; the edges between them go with them anyway.
      onEdgesChange: (changes: EdgeChange<LineEdge>[]) =>
        select(canvas, isBoxing ? changes.filter((change) => change.type === 'select' && !change.selected) : changes),
      onSelectionStart: () => {
        isBoxing = true;
      },
      onSelectionEnd: () => {
        isBoxing = false;
      },
      onNodeDrag: (event: MouseEvent | TouchEvent, _: CardNode, nodes: CardNode[]) => {
        const moved = steps(nodes);
        if (moved.length > 0) showDrop(canvas, dropAt(canvas, pointer(event), moved));
      },
      onNodeDragStop: (event: MouseEvent | TouchEvent, _: CardNode, nodes: CardNode[]) => {
        const moved = steps(nodes);
        const target = moved.length > 0 ? dropAt(canvas, pointer(event), moved) : undefined;
        showDrop(canvas, undefined);
        if (target) {
          editor.getState().edit((document) => moveNodes(document, moved, target.spot));
          moment.setState({ said: t('said.moved') });
        } else putDown(canvas, nodes);
        // Wherever the document did not follow, cards go back to where it says.
        setNodes((now) => [...now]);
      },
      onConnectStart: (_: unknown, from: { readonly nodeId: string | null; readonly handleId: string | null }) => {
        const ref = refOf({ source: from.nodeId, sourceHandle: from.handleId });
        moment.setState({ targets: validTargets(editor.getState().document, ref) });
      },
      isValidConnection: (connection: Connection | LineEdge) =>
        validTargets(editor.getState().document, refOf(connection)).has(connection.target),
      onConnect: (connection: Connection) => {
        const { document, edit } = editor.getState();
        edit((now) => connect(now, refOf(connection), connection.target));
        const draft = indexOf(document).nodes.get(connection.target)?.draft;
        if (draft) moment.setState({ said: t('said.connected', { title: titleOf(draft, language) }) });
      },
      onConnectEnd: (
        event: MouseEvent | TouchEvent,
        state: {
          readonly isValid: boolean | null;
          readonly fromNode: { readonly id: string } | null;
          readonly fromHandle: { readonly id?: string | null } | null;
        },
      ) => {
        moment.setState({ targets: undefined });
        if (state.isValid === true || !state.fromNode) return;
        const ref = refOf({ source: state.fromNode.id, sourceHandle: state.fromHandle?.id ?? null });
        const at = pointer(event);
        const under = dropAt(canvas, at);
        const target = under && 'node' in under.spot ? under.spot.node : undefined;
        if (target !== undefined) editor.getState().edit((document) => connect(document, ref, target));
        else openQuickAdd(canvas, ref, { clientX: at.client.x, clientY: at.client.y, currentTarget: event.target });
      },
    };
  }, [canvas, flow, setNodes, t, language]);
}

function select(canvas: Canvas, changes: readonly (NodeChange<CardNode> | EdgeChange<LineEdge>)[]): void {
  const picked = changes.filter((change) => change.type === 'select');
  if (picked.length === 0) return;
  const { selection, select: choose } = canvas.editor.getState();
  const off = new Set(picked.flatMap(({ id, selected }) => (selected ? [] : [id])));
  const on = picked.flatMap(({ id, selected }) => (selected ? [id] : []));
  choose([...new Set([...selection.filter((id) => !off.has(id)), ...on])]);
}

/** Cards and notes stay where they were let go of; from then on the author arranges. */
function putDown({ editor, view }: Canvas, nodes: readonly CardNode[]): void {
  const { frames, graph } = view.getState();
  const moved = nodes.filter(({ id, position }) => {
    const frame = frames.get(id);
    return frame && (Math.abs(frame.x - position.x) > 1 || Math.abs(frame.y - position.y) > 1);
  });
  if (moved.length === 0) return;
  const notes = moved.filter(({ type }) => type === 'note');
  const others = moved.filter(({ type }) => type !== 'note');
  editor.getState().edit((document) => {
    const noted = notes.reduce(
      (changed, { id, position }) =>
        setNote(changed, id.slice('note:'.length), { x: Math.round(position.x), y: Math.round(position.y) }),
      document,
    );
    if (others.length === 0) return noted;
    // Everything keeps the place at which it is seen, also what has had none of its own.
    const seen = [...graph.nodes.values()].flatMap(({ id, kind }) => {
      const frame = frames.get(id);
      return frame && (kind === 'step' || kind === 'container' || kind === 'start')
        ? [[id, { x: frame.x, y: frame.y }] as const]
        : [];
    });
    const put = others.map(
      ({ id, position }) => [id, { x: Math.round(position.x), y: Math.round(position.y) }] as const,
    );
    return setManual(setPlaces(noted, Object.fromEntries([...seen, ...put])), true);
  });
}

/** Takes what is dragged out of the palette. */
export function usePaletteDrops(root: RefObject<HTMLElement | null>): void {
  const canvas = useCanvas();
  const flow = useReactFlow();
  const insertion = useInsertion();
  const { t } = useTranslation('canvas');
  const { language } = useWords();
  useEffect(() => {
    if (canvas.isReadOnly) return;
    const isOver = ({ x, y }: { readonly x: number; readonly y: number }): boolean => {
      const box = root.current?.getBoundingClientRect();
      return box !== undefined && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    };
    const target = ({ x, y }: { readonly x: number; readonly y: number }) =>
      dropAt(canvas, { client: { x, y }, flow: flow.screenToFlowPosition({ x, y }) });
    return addDropZone({
      over: (drag) => showDrop(canvas, isOver(drag) ? target(drag) : undefined),
      leave: () => showDrop(canvas, undefined),
      drop: (drag) => {
        const at = isOver(drag) ? target(drag) : undefined;
        if (!at) return;
        const id = insertDraft(canvas.editor, { draft: drag.item.draft(), spot: at.spot, insertion });
        const said = id === undefined ? t('said.refused') : t('said.added', { title: drag.item.title(language) });
        // The keyboard follows, so that undo and all other keys of the canvas work at once.
        canvas.moment.setState((state) => ({ said, focused: id ?? state.focused, focusCall: state.focusCall + 1 }));
      },
    });
  }, [canvas, flow, insertion, root, t, language]);
}
