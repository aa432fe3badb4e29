/** Every change of a flow document that the designer makes; each is `(document, …) → document`. */

export { newCall, newDraft } from './edit-draft.ts';
export { connect, disconnect, type ExitRef, openEnds, scopeOfExit, targetOf, validTargets } from './edit-exit.ts';
export { freshId, isNodeId, type NewNode, newNode, nodeIds } from './edit-id.ts';
export {
  addBeside,
  addBranch,
  addNode,
  canRunBeside,
  exitAfter,
  insert,
  insertOnExit,
  type Spot,
} from './edit-insert.ts';
export { moveNodes } from './edit-move.ts';
export { addChoiceCase, addErrorRoute, setFlow, setNode } from './edit-node.ts';
export { changeNode, changeScope, setAt } from './edit-path.ts';
export {
  isCollapsed,
  isManual,
  newNoteId,
  placeOf,
  removeNotes,
  reveal,
  setManual,
  setNote,
  setPlaces,
  toggleCollapsed,
} from './edit-place.ts';
export { addressOfBranch, removeBranch, removeNodes, renameBranch } from './edit-remove.ts';
export { renameNode } from './edit-rename.ts';
