import { type KeyboardEvent, useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { connect, exitAfter, moveNodes, type Spot } from '../model/edit.ts';
import { START, START_EXIT } from '../model/graph.ts';
import { partsOf } from '../model/graph-node.ts';
import { indexOf } from '../model/graph-scope.ts';
import { titleOf } from '../model/graph-text.ts';
import { type Direction, neighbour } from '../model/selection.ts';
import {
  addNote,
  duplicateChosen,
  extendChosen,
  removeChosen,
  selectAll,
  settleChoice,
  toggleFold,
} from './actions.ts';
import type { Camera } from './camera.ts';
import { type Canvas, useCanvas } from './canvas-context.ts';
import { openQuickAdd } from './quick-add-state.ts';
import { useWords } from './use-words.ts';

const arrows: { readonly [key: string]: Direction } = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};

/** Everything that can be done without a mouse. The canvas is one stop of the tab key; arrows move within it. */
export function useKeyboard(camera: Camera): (event: KeyboardEvent) => void {
  const { t } = useTranslation('canvas');
  const { language } = useWords();
  const canvas = useCanvas();
  return useCallback(
    (event) => {
      const { editor, moment, isReadOnly } = canvas;
      const { focused } = moment.getState();
      const say = (said: string) => moment.setState({ said });
      const done = (said?: string): void => {
        event.preventDefault();
        if (said !== undefined) say(said);
      };
      const focus = (id: string): void => {
        moment.setState((state) => ({ focused: id, focusCall: state.focusCall + 1 }));
        camera.reveal(id);
      };
      const key = event.key;
      const withModifier = event.ctrlKey || event.metaKey;
      const direction = arrows[key];

      if (withModifier && key.toLowerCase() === 'k') {
        done();
        moment.setState({ panel: 'commands', quickAdd: undefined });
        return;
      }
      if (!ownsKeys(event)) return;
      if (direction && withModifier) {
        if (isReadOnly) return;
        done(moveAlong(canvas, focused, direction) ? t('said.moved') : t('said.refused'));
        return;
      }
      if (direction) {
        const { graph, frames } = canvas.view.getState();
        const boxes = new Map([...frames].map(([id, frame]) => [id, { ...frame, ...frame.absolute }]));
        const next = neighbour({ graph, boxes }, focused, direction);
        done();
        if (next === undefined) return;
        focus(next);
        const { selection, select } = editor.getState();
        if (event.shiftKey) select([...new Set([...selection, focused, next])]);
        else moment.setState({ hasWandered: true });
        return;
      }
      if (withModifier) {
        if (key === 'a') done(t('said.selected', { count: selectAll(canvas) }));
        else if (key === 'd' && !isReadOnly) {
          settleChoice(canvas);
          done(t('said.pasted', { count: duplicateChosen(canvas) }));
        }
        return;
      }
      const { connecting } = moment.getState();
      switch (key) {
        case 'Enter':
        case ' ': {
          done();
          if (connecting) {
            finishConnecting(canvas, focused, () =>
              say(t('said.connected', { title: nameOf(canvas, focused, language) })),
            );
          } else if (event.shiftKey) openWide(canvas, focused);
          else {
            editor.getState().select([focused]);
            // The form stands elsewhere and need not be there.
            if (key === 'Enter') window.dispatchEvent(new Event('heddle:form-wanted'));
          }
          return;
        }
        case 'Escape':
          done();
          moment.setState({ panel: undefined, quickAdd: undefined, targets: undefined, connecting: undefined });
          editor.getState().select([]);
          return;
        case '?':
          done();
          moment.setState((state) => ({ panel: state.panel === 'help' ? undefined : 'help' }));
          return;
        case '0':
          done();
          camera.actual();
          return;
        case '1':
          done();
          camera.fit();
          return;
        case '-':
          done();
          camera.zoom(0.8);
          return;
        case 'o':
          done();
          openWide(canvas, focused);
          return;
      }
      if (isReadOnly) return;
      switch (key) {
        case 'a':
        case '+':
          done();
          askNext(canvas, focused, event.currentTarget);
          return;
        case 'i':
          done();
          askInside(canvas, focused, event.currentTarget);
          return;
        case 'Delete':
        case 'Backspace': {
          done();
          settleChoice(canvas);
          const count = removeChosen(canvas);
          if (count === 0) return;
          say(t('said.removed', { count }));
          moment.setState((state) => ({ focusCall: state.focusCall + 1 }));
          return;
        }
        case 'c': {
          done();
          const ref = startConnecting(canvas, focused);
          say(ref ? t('said.connecting') : t('said.refused'));
          return;
        }
        case 'n':
          done();
          addNote(canvas, camera.middle());
          return;
        case 'f':
        case 'e':
        case 'b':
          done();
          editor.getState().select([focused]);
          if (key === 'f') toggleFold(canvas);
          else extendChosen(canvas, key === 'e' ? 'error' : 'branch');
      }
    },
    [canvas, camera, t, language],
  );
}

/** Keys pressed in fields and on buttons are theirs. */
function ownsKeys({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return true;
  if (target.closest('input, textarea, select, [contenteditable="true"], .heddle-quick-add, .heddle-panel') !== null)
    return false;
  return target.closest('button') === null;
}

function openWide({ editor }: Canvas, id: string): void {
  const { document, open } = editor.getState();
  if (indexOf(document).nodes.has(id)) open(id);
}

const nameOf = (canvas: Canvas, id: string, language: 'en' | 'zh'): string => {
  const draft = indexOf(canvas.editor.getState().document).nodes.get(id)?.draft;
  return draft ? titleOf(draft, language) : id;
};

/** Asks what comes after a node, beside it. */
function askNext(canvas: Canvas, id: string, root: EventTarget & Element): void {
  const { document } = canvas.editor.getState();
  const isScope = id === START || indexOf(document).scopes.get(id)?.isBranch === true;
  const at = isScope ? { source: id, exit: START_EXIT } : exitAfter(document, id);
  const box = root.querySelector(`[data-node="${CSS.escape(id)}"]`)?.getBoundingClientRect();
  if (at && box) openQuickAdd(canvas, at, { clientX: box.right, clientY: box.top + 20, currentTarget: root });
}

/** Asks what comes first inside of a container. */
function askInside(canvas: Canvas, id: string, root: EventTarget & Element): void {
  const node = canvas.view.getState().graph.nodes.get(id);
  const source = node?.kind === 'container' && node.hasLanes ? node.scopes[0] : id;
  const box = root.querySelector(`[data-node="${CSS.escape(id)}"]`)?.getBoundingClientRect();
  if (source === undefined || !box || (node?.kind !== 'container' && node?.kind !== 'lane')) return;
  openQuickAdd(canvas, { source, exit: START_EXIT }, { clientX: box.left, clientY: box.bottom, currentTarget: root });
}

/** With Ctrl and an arrow: along the edges, past the node before or after; sideways nothing happens. */
function moveAlong(canvas: Canvas, id: string, direction: Direction): boolean {
  const { editor, view } = canvas;
  const { document, edit } = editor.getState();
  const { graph } = view.getState();
  if (direction === 'left' || direction === 'right') return false;
  const before = graph.edges.find(({ target }) => target === id);
  const after = graph.edges.find(({ source, exit }) => source === id && exit !== START_EXIT);
  const upper = before && graph.edges.find(({ target }) => target === before.source);
  const spot: Spot | undefined =
    direction === 'up'
      ? upper && { kind: 'exit', at: { source: upper.source, exit: upper.exit } }
      : after && { kind: 'after', node: after.target };
  if (!spot || moveNodes(document, [id], spot) === document) return false;
  edit((now) => moveNodes(now, [id], spot));
  return true;
}

/** Begins to connect an exit of a node: its open ones in turn, then the others. */
function startConnecting(canvas: Canvas, id: string): boolean {
  const { document } = canvas.editor.getState();
  const entry = indexOf(document).nodes.get(id);
  const exits = entry ? partsOf(entry.draft).exits : [];
  const open = exits.find((exit) => exit.target === undefined) ?? exits[0];
  if (!entry || !open) return false;
  const nodes = indexOf(document).scopes.get(entry.scope)?.nodes ?? {};
  canvas.moment.setState({
    targets: new Set(Object.keys(nodes)),
    connecting: { source: id, exit: open.pointer },
  });
  return true;
}

function finishConnecting({ editor, moment }: Canvas, target: string, onDone: () => void): void {
  const from = moment.getState().connecting;
  moment.setState({ targets: undefined, connecting: undefined });
  if (!from) return;
  const before = editor.getState().document;
  editor.getState().edit((document) => connect(document, from, target));
  if (editor.getState().document !== before) onDone();
}
