import { describe, expect, test } from 'vitest';
import { createEditor } from '../editor/editor-store.ts';
import { addNode, insert, setManual, setNode, setPlaces } from '../model/edit.ts';
import type { FlowDocument } from '../model/flow-document.ts';
import type { ArrangeGraph } from '../model/layout-arrange.ts';
import { createView } from './view.ts';

const words = { language: 'en', otherwise: 'otherwise', anyError: 'any error' } as const;
const document: FlowDocument = { id: 'f', start: 'a', nodes: { a: { type: 'set', next: 'b' }, b: { type: 'set' } } };
const added = (now: FlowDocument) => insert(now, { kind: 'after', node: 'a' }, { id: 'n', draft: { type: 'set' } });

/** Everything below each other, 100 px apart. */
const inColumn: ArrangeGraph = (graph) =>
  Promise.resolve({ ...graph, children: (graph.children ?? []).map((node, at) => ({ ...node, x: 0, y: at * 100 })) });

function opened(arrange: ArrangeGraph = inColumn, from = document) {
  const editor = createEditor(from);
  const view = createView(editor, { words, arrange, writes: true });
  const place = (id: string) => {
    const { x, y } = view.getState().frames.get(id) ?? { x: NaN, y: NaN };
    return { x, y };
  };
  return { editor, view, place };
}

/** Lets everything go on that waits for an answer which is there already. */
const answered = async () => {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
};

describe('the view of a flow', () => {
  test('arranges what has only been opened for the eye, and leaves the document alone', async () => {
    const { editor, view, place } = opened();
    expect(view.getState().isSettling).toBe(true);
    await answered();
    expect(view.getState().isSettling).toBe(false);
    expect(place('b')).toEqual({ x: 0, y: 200 });
    expect(editor.getState().document).toBe(document);
  });

  test('waits for the arrangement also where every step has a place already', async () => {
    const placed = setPlaces(document, { a: { x: 0, y: 0 }, b: { x: 0, y: 90 } });
    const { view, place } = opened(inColumn, placed);
    expect(view.getState().isSettling).toBe(true);
    await answered();
    expect(view.getState().isSettling).toBe(false);
    expect(place('b')).toEqual({ x: 0, y: 200 });
  });

  test('writes the arrangement that follows an edit into the same step of undo', async () => {
    const { editor, place } = opened();
    await answered();
    editor.getState().edit(added);
    await answered();
    expect(place('b')).toEqual({ x: 0, y: 300 });
    expect(editor.getState().document.layout?.['b']).toEqual({ x: 0, y: 300 });
    editor.temporal.getState().undo();
    expect(editor.getState().document).toBe(document);
    await answered();
    expect(editor.getState().document).toBe(document);
    editor.temporal.getState().redo();
    expect(editor.getState().document.layout?.['b']).toEqual({ x: 0, y: 300 });
  });

  test('drops an arrangement whose flow has changed in the meantime', async () => {
    const { editor, place } = opened();
    editor.getState().edit(added);
    editor.temporal.getState().undo();
    await answered();
    expect(place('b')).toEqual({ x: 0, y: 200 });
    expect(editor.getState().document).toBe(document);
  });

  test('is not arranged anew by an edit that moves nothing', async () => {
    let questions = 0;
    const { editor } = opened((graph) => {
      questions += 1;
      return inColumn(graph);
    });
    await answered();
    const before = questions;
    editor.getState().edit((now) => setNode(now, 'a', { type: 'set', next: 'b', note: 'new' }));
    await answered();
    expect(questions).toBe(before);
  });

  test('leaves to the author what he arranges by hand, and gives what is new a place that stays', async () => {
    const places = { a: { x: 10, y: 10 }, b: { x: 500, y: 10 } };
    const { editor, place } = opened(inColumn, setManual(setPlaces(document, places), true));
    editor.getState().edit((now) => addNode(now, { scope: '', node: { id: 'n', draft: { type: 'set' } } }));
    await answered();
    expect(place('a')).toEqual({ x: 10, y: 10 });
    expect(editor.getState().document.layout?.['n']).toEqual(place('n'));
  });

  test('makes room for what is put between two steps that were arranged by hand', async () => {
    const places = { a: { x: 0, y: 0 }, b: { x: 0, y: 120 } };
    const { editor, place } = opened(inColumn, setManual(setPlaces(document, places), true));
    editor.getState().edit(added);
    await answered();
    expect(place('n')).toEqual({ x: 0, y: 120 });
    expect(place('b')).toEqual({ x: 0, y: 240 });
    expect(editor.getState().document.layout?.['b']).toEqual({ x: 0, y: 240 });
    editor.temporal.getState().undo();
    expect(place('b')).toEqual({ x: 0, y: 120 });
  });

  test('shows a flow that could not be arranged all the same', async () => {
    const { view, place } = opened(() => Promise.reject(new Error('no worker')));
    await answered();
    expect(view.getState().isSettling).toBe(false);
    expect(place('b').y).toBeGreaterThan(place('a').y);
  });
});
