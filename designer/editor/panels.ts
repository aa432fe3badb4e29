import { createStore } from 'zustand/vanilla';
import type { FlowDocument } from '../model/flow-document.ts';

export type SidePanel = 'inspector' | 'publish' | 'versions';
export type BottomPanel = 'problems' | 'try' | 'simulate' | 'cases';

export interface PanelsState {
  readonly view: 'canvas' | 'json';
  readonly side: SidePanel;
  readonly bottom: BottomPanel | undefined;
  /** Text of the JSON view that is not whole yet, and the document from which it was begun. */
  readonly unfinished: { readonly text: string; readonly document: FlowDocument } | undefined;
  readonly show: (change: Partial<Pick<PanelsState, 'view' | 'side' | 'bottom' | 'unfinished'>>) => void;
}

/** Which panels of the designer are open. Panels stand beside the canvas, never over it. */
export const createPanels = () =>
  createStore<PanelsState>()((set) => ({
    view: 'canvas',
    side: 'inspector',
    bottom: undefined,
    unfinished: undefined,
    show: (change) => set(change),
  }));

export type Panels = ReturnType<typeof createPanels>;
