import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Editor } from '../editor/editor-store.ts';
import type { ExitRef, Spot } from '../model/edit.ts';
import type { Marks } from './marks.ts';
import type { View, ViewStore } from './view.ts';

/** Where something that is dragged would go, and what shows it. */
export interface DropTarget {
  readonly spot: Spot;
  /** The card, edge, lane or container to be highlighted; undefined: the canvas itself. */
  readonly shown: string | undefined;
}

export interface QuickAdd {
  readonly at: ExitRef;
  /** In px within the canvas. */
  readonly x: number;
  readonly y: number;
}

/** What the canvas shows for the moment and forgets. */
export interface Moment {
  readonly drop: DropTarget | undefined;
  /** While a connection is drawn: the nodes to which it may lead. */
  readonly targets: ReadonlySet<string> | undefined;
  /** The exit that is being connected from the keyboard. */
  readonly connecting: ExitRef | undefined;
  readonly quickAdd: QuickAdd | undefined;
  readonly panel: 'help' | 'commands' | undefined;
  /** The node on which arrow keys start. */
  readonly focused: string;
  /** The focus was moved by keys since something was last selected: then it says what is meant, not the selection. */
  readonly hasWandered: boolean;
  /** Counts requests to move the keyboard's focus to `focused`. */
  readonly focusCall: number;
  /** The note that is being written. */
  readonly writing: string | undefined;
  readonly said: string;
}

export interface Canvas {
  readonly editor: Editor;
  readonly view: ViewStore;
  readonly marks: Marks;
  readonly moment: StoreApi<Moment>;
  readonly isReadOnly: boolean;
}

export const createMoment = (): StoreApi<Moment> =>
  createStore<Moment>()(() => ({
    drop: undefined,
    targets: undefined,
    connecting: undefined,
    quickAdd: undefined,
    panel: undefined,
    focused: '$start',
    focusCall: 0,
    hasWandered: false,
    writing: undefined,
    said: '',
  }));

const CanvasContext = createContext<Canvas | undefined>(undefined);
export const CanvasProvider = CanvasContext.Provider;

export function useCanvas(): Canvas {
  const canvas = useContext(CanvasContext);
  if (canvas === undefined) throw new Error('this component stands outside of a canvas');
  return canvas;
}

export const useMoment = <T>(select: (state: Moment) => T): T => useStore(useCanvas().moment, select);
export const useView = <T>(select: (state: View) => T): T => useStore(useCanvas().view, select);
