export { FormulaEditor, type FormulaEditorProps } from './formula-editor.tsx';
export { JsonEditor } from './json-editor.tsx';
export type { JsonEditorProps, JsonMarker } from './json-props.ts';
