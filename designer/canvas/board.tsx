import { Background, BackgroundVariant, MiniMap, ReactFlow, SelectionMode } from '@xyflow/react';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { targetOf } from '../model/edit.ts';
import { partsOfEdge, START } from '../model/graph.ts';
import { indexOf } from '../model/graph-scope.ts';
import { useCamera } from './camera.ts';
import { useCanvas, useMoment, useView } from './canvas-context.ts';
import { ContainerCard } from './cards/box-card.tsx';
import { LaneCard } from './cards/lane-card.tsx';
import { NoteCard } from './cards/note-card.tsx';
import { StartCard } from './cards/start-card.tsx';
import { StepCard } from './cards/step-card.tsx';
import { useClipboard } from './clipboard-events.ts';
import type { CanvasCommand } from './commands.ts';
import { Controls } from './controls.tsx';
import { useGestures, usePaletteDrops } from './gestures.ts';
import { useKeyboard } from './keyboard.ts';
import { Line } from './line.tsx';
import { CommandPanel, HelpPanel } from './panels.tsx';
import { type CardNode, type Drawn, projected } from './projection.ts';
import { QuickAddPopover } from './quick-add.tsx';
import { useWords } from './use-words.ts';
import type { View } from './view.ts';
import '@xyflow/react/dist/base.css';
import './canvas.css';

const nodeTypes = { start: StartCard, step: StepCard, container: ContainerCard, lane: LaneCard, note: NoteCard };
const edgeTypes = { line: Line };
const MANY = 200;
const MANY_FOR_MAP = 14;
const MANY_FOR_SLIDING = 120;
/** How long after a choice a change of the arrangement may still move the view to what was chosen. */
const FOLLOW_MS = 1_500;

/** Draws the flow and takes what is done to it. Everything that it shows comes from the canvas' stores. */
export const Board = memo(function Board({ commands }: { readonly commands: readonly CanvasCommand[] }) {
  const { t } = useTranslation('canvas');
  const canvas = useCanvas();
  const { editor, moment, view, isReadOnly } = canvas;
  const root = useRef<HTMLDivElement>(null);
  const camera = useCamera(canvas, root);
  const words = useWords();
  const drawn = useDrawn();
  const selection = useStore(editor, (state) => state.selection);
  const isSettling = useView((state) => state.isSettling);
  const isDropping = useMoment((state) => state.drop !== undefined && state.drop.shown === undefined);
  const said = useMoment((state) => state.said);
  const panel = useMoment((state) => state.panel);
  const [isReady, setReady] = useState(false);
  const [isDragged, setDragged] = useState(false);
  const [wantsMap, setWantsMap] = useState<boolean>();
  const hasMap = wantsMap ?? (!isReadOnly && drawn.nodes.length > MANY_FOR_MAP);

  const chosen = useMemo(() => new Set(selection), [selection]);
  const nodes = useSelected(drawn.nodes, chosen);
  const edges = useSelected(drawn.edges, chosen);
  const [shown, setShown] = useState<readonly CardNode[]>(nodes);
  useEffect(() => setShown(nodes), [nodes]);

  const gestures = useGestures(setShown);
  const onKeyDown = useKeyboard(camera);
  usePaletteDrops(root);
  useClipboard(root);

  useEffect(() => view.speak(words), [view, words]);
  useEffect(() => {
    if (!isReady || isSettling) return;
    camera.fit(true);
    const [id] = editor.getState().selection;
    if (id !== undefined) requestAnimationFrame(() => camera.reveal(id));
  }, [isReady, isSettling, camera, editor]);
  useFollow(camera, isReady && !isSettling);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys reach it from the node that has the focus
    <div
      ref={root}
      className="heddle-canvas"
      data-settling={isSettling}
      data-sliding={!isDragged && drawn.nodes.length < MANY_FOR_SLIDING}
      data-drop={isDropping}
      onKeyDown={onKeyDown}
      onClick={({ target }) => {
        if (target instanceof Element && target.closest('button, input, textarea, .heddle-quick-add, .heddle-panel'))
          return;
        const { quickAdd, panel: open, writing } = moment.getState();
        if (quickAdd || open === 'commands' || writing !== undefined) return;
        // Whatever was clicked, an edge or nothing at all, from now on keys are for the canvas.
        moment.setState((state) => ({ focusCall: state.focusCall + 1 }));
      }}
    >
      <ArrowHeads />
      <ReactFlow<CardNode, Drawn['edges'][number]>
        // React Flow's types are mutable; it does not change what it is given.
        nodes={shown as CardNode[]}
        edges={edges as Drawn['edges'][number][]}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        {...gestures}
        onNodeDragStart={() => setDragged(true)}
        onNodeDragStop={(event, node, all) => {
          gestures.onNodeDragStop(event, node, all);
          setDragged(false);
          setShown(nodes);
        }}
        onNodeDrag={(event, node, all) => gestures.onNodeDrag(event, node, all)}
        onInit={() => setReady(true)}
        onNodeClick={(_, { id, type }) => {
          moment.setState({ focused: id });
          if (type === 'lane') editor.getState().select([id]);
        }}
        onNodeDoubleClick={(_, { id, type }) => {
          if (type === 'note' && !isReadOnly) moment.setState({ writing: id });
          else if (type === 'step' || type === 'container') editor.getState().open(id);
        }}
        nodesDraggable={!isReadOnly}
        nodesConnectable={!isReadOnly}
        nodesFocusable={false}
        edgesFocusable={false}
        elevateNodesOnSelect={false}
        selectNodesOnDrag={false}
        selectionMode={SelectionMode.Full}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
        panActivationKeyCode={null}
        zoomOnDoubleClick={false}
        connectionRadius={28}
        nodeDragThreshold={4}
        connectionDragThreshold={3}
        minZoom={0.1}
        maxZoom={2}
        onlyRenderVisibleElements={drawn.nodes.length > MANY}
        proOptions={{ hideAttribution: true }}
        aria-label={t('label')}
        aria-roledescription={t('label')}
        role="application"
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1} />
        {hasMap ? <MiniMap pannable zoomable ariaLabel={t('mapLabel')} nodeClassName={classOf} /> : null}
      </ReactFlow>
      <Controls camera={camera} hasMap={hasMap} onMap={() => setWantsMap(!hasMap)} />
      {isReadOnly ? null : <QuickAddPopover />}
      {panel === 'commands' ? <CommandPanel camera={camera} commands={commands} /> : null}
      <HelpPanel />
      <div className="heddle-said" aria-live="polite">
        {said}
      </div>
    </div>
  );
});

const classOf = ({ type }: CardNode): string => `heddle-map-${type}`;

/** What is to be drawn; what has not changed keeps its identity. */
function useDrawn(): Drawn {
  const { view } = useCanvas();
  const state = useStore(view);
  const before = useRef<Drawn>(undefined);
  return useMemo(() => {
    before.current = projected(state, before.current);
    return before.current;
  }, [state]);
}

/** Marks what is selected; the rest keeps its identity. */
function useSelected<T extends { readonly id: string; readonly selected?: boolean | undefined }>(
  items: readonly T[],
  chosen: ReadonlySet<string>,
): readonly T[] {
  const before = useRef(new Map<string, { readonly from: T; readonly made: T }>());
  return useMemo(() => {
    const next = new Map<string, { readonly from: T; readonly made: T }>();
    const made = items.map((item) => {
      const selected = chosen.has(item.id);
      const known = before.current.get(item.id);
      const same = known?.from === item && (known.made.selected ?? false) === selected ? known.made : undefined;
      const result = same ?? (selected ? { ...item, selected } : item);
      next.set(item.id, { from: item, made: result });
      return result;
    });
    before.current = next;
    return made;
  }, [items, chosen]);
}

/** Keeps in sight what has just been chosen, wherever that was done, also when it is moved by an arrangement. */
function useFollow(camera: ReturnType<typeof useCamera>, isOn: boolean): void {
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

function ArrowHeads() {
  return (
    <svg className="heddle-arrow-heads" aria-hidden="true">
      <defs>
        {['', '-taken', '-failed', '-untaken'].map((way) => (
          <marker
            key={way}
            id={`heddle-arrow${way}`}
            viewBox="0 0 10 10"
            refX="9"
            refY="5"
            markerUnits="userSpaceOnUse"
            markerWidth="11"
            markerHeight="11"
            orient="auto-start-reverse"
          >
            <path d="M0 0L10 5L0 10z" className={`heddle-arrow${way}`} />
          </marker>
        ))}
      </defs>
    </svg>
  );
}
