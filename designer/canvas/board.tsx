import {
  Background,
  BackgroundVariant,
  MiniMap,
  ReactFlow,
  SelectionMode,
  useStore as useFlowStore,
} from '@xyflow/react';
import { lazy, memo, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { ArrowHeads } from './arrow-heads.tsx';
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
import { HelpPanel } from './help-panel.tsx';
import { useKeyboard } from './keyboard.ts';
import { Line } from './line.tsx';
import type { CardNode, Drawn } from './projection.ts';
import { useDrawn, useSelected } from './use-drawn.ts';
import { useFollow } from './use-follow.ts';
import { useWords } from './use-words.ts';
import '@xyflow/react/dist/base.css';
import './canvas.css';

// Asked for later than the canvas is shown.
const CommandPanel = lazy(() => import('./command-panel.tsx').then((module) => ({ default: module.CommandPanel })));
const QuickAddPopover = lazy(() => import('./quick-add.tsx').then((module) => ({ default: module.QuickAddPopover })));

const nodeTypes = { start: StartCard, step: StepCard, container: ContainerCard, lane: LaneCard, note: NoteCard };
const edgeTypes = { line: Line };
const noNodes: Drawn['nodes'] = [];
const noEdges: Drawn['edges'] = [];
const MANY = 200;
/** Below this zoom details could not be read; without them hundreds of cards stay smooth. */
const FAR = 0.4;
/** Below this not even titles. */
const FARTHEST = 0.2;
const MANY_FOR_MAP = 14;
const MANY_FOR_SLIDING = 120;

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
  const distance = useFlowStore(({ transform: [, , zoom] }) =>
    zoom < FARTHEST ? 'farthest' : zoom < FAR ? 'far' : 'near',
  );
  const [isReady, setReady] = useState(false);
  const [isArrived, setArrived] = useState(false);
  const [isDragged, setDragged] = useState(false);
  const [first] = useState(() => view.getState().document);
  const isTouched = useView((state) => state.document !== first);
  const [wantsMap, setWantsMap] = useState<boolean>();
  const hasMap = wantsMap ?? (!isReadOnly && drawn.nodes.length > MANY_FOR_MAP);

  const chosen = useMemo(() => new Set(selection), [selection]);
  const nodes = useSelected(isSettling ? noNodes : drawn.nodes, chosen);
  const edges = useSelected(isSettling ? noEdges : drawn.edges, chosen);
  const [shown, setShown] = useState<readonly CardNode[]>(nodes);
  const [given, setGiven] = useState(nodes);
  if (given !== nodes) {
    // Not in an effect: edges would be drawn once without their cards.
    setGiven(nodes);
    setShown(nodes);
  }

  const gestures = useGestures(setShown);
  const onKeyDown = useKeyboard(camera);
  usePaletteDrops(root);
  useClipboard(root);

  useEffect(() => view.speak(words), [view, words]);
  useEffect(() => {
    if (!isReady || isSettling) return;
    camera.fit(true);
    const [id] = editor.getState().selection;
    const frame = requestAnimationFrame(() => {
      if (id !== undefined) {
        camera.reveal(id);
        // Back from a step that was open wide, the keyboard goes on at its card.
        const isFree = document.activeElement === null || document.activeElement === document.body;
        moment.setState(({ focusCall }) => ({ focused: id, focusCall: isFree ? focusCall + 1 : focusCall }));
      }
      setArrived(true);
    });
    return () => cancelAnimationFrame(frame);
  }, [isReady, isSettling, camera, editor, moment]);
  useFollow(camera, isReady && !isSettling);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys reach it from the node that has the focus
    <div
      ref={root}
      className="heddle-canvas"
      data-settling={!isArrived}
      data-sliding={isTouched && !isDragged && drawn.nodes.length < MANY_FOR_SLIDING}
      data-drop={isDropping}
      data-distance={distance}
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
        // Not by a state: nothing is to be drawn for it.
        onMoveStart={() => root.current?.setAttribute('data-moving', 'true')}
        onMoveEnd={() => root.current?.removeAttribute('data-moving')}
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
        aria-label={t('label')}
        aria-roledescription={t('label')}
        role="application"
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1} />
        {hasMap ? <MiniMap pannable zoomable ariaLabel={t('mapLabel')} nodeClassName={classOf} /> : null}
      </ReactFlow>
      <Controls camera={camera} hasMap={hasMap} onMap={() => setWantsMap(!hasMap)} />
      <Suspense fallback={null}>{isReadOnly ? null : <QuickAddPopover />}</Suspense>
      <Suspense fallback={null}>
        {panel === 'commands' ? <CommandPanel camera={camera} commands={commands} /> : null}
      </Suspense>
      <HelpPanel />
      <div className="heddle-said" aria-live="polite">
        {said}
      </div>
    </div>
  );
});

const classOf = ({ type }: CardNode): string => `heddle-map-${type}`;
