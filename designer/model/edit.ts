/** Every change of a flow document that the designer makes; each is `(document, …) → document`. */

export { newCall, newDraft } from './edit-draft.ts';
export { connect, disconnect, type ExitRef, openEnds, targetOf, validTargets } from './edit-exit.ts';
export { isNodeId, type NewNode, newNode } from './edit-id.ts';
export {
  addBeside,
  addBranch,
  addNode,
  canRunBeside,
  exitAfter,
  insert,
  type Spot,
} from './edit-insert.ts';
export { moveNodes } from './edit-move.ts';
export { addChoiceCase, addErrorRoute, setFlow, setNode } from './edit-node.ts';
export {
  isManual,
  newNoteId,
  removeNotes,
  reveal,
  setManual,
  setNote,
  setPlaces,
  toggleCollapsed,
} from './edit-place.ts';
export { addressOfBranch, removeBranch, removeNodes, renameBranch } from './edit-remove.ts';
export { renameNode } from './edit-rename.ts';
