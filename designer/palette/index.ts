export { addDropZone, type DropZone, type PaletteDrag } from './drag.ts';
export { type Insertion, insertDraft, spotForPicked, useInsertion } from './insertion.ts';
export type { PaletteItem } from './items.ts';
export { Picker } from './picker.tsx';
export { groupOf, TypeIcon } from './type-icon.tsx';
