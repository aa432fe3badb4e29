export { FormulaEditor, type FormulaEditorProps } from './formula-editor.tsx';
export { JsonEditor, type JsonEditorProps, type JsonMarker } from './json-editor.tsx';
