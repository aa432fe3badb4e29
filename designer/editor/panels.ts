import { createStore } from 'zustand/vanilla';

export type SidePanel = 'inspector' | 'publish' | 'versions';
export type BottomPanel = 'problems' | 'try' | 'simulate' | 'cases';

export interface PanelsState {
  readonly view: 'canvas' | 'json';
  readonly side: SidePanel;
  readonly bottom: BottomPanel | undefined;
  readonly show: (change: Partial<Pick<PanelsState, 'view' | 'side' | 'bottom'>>) => void;
}

/** Which panels of the designer are open. Panels stand beside the canvas, never over it. */
export const createPanels = () =>
  createStore<PanelsState>()((set) => ({
    view: 'canvas',
    side: 'inspector',
    bottom: undefined,
    show: (change) => set(change),
  }));

export type Panels = ReturnType<typeof createPanels>;
