import * as monaco from 'monaco-editor/editor';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import 'monaco-editor/features/register.all';
import JsonWorker from 'monaco-editor/language/json/json.worker?worker';
import { jsonDefaults } from 'monaco-editor/languages/features/json/register';

self.MonacoEnvironment = {
  getWorker: (_id: string, label: string) => (label === 'json' ? new JsonWorker() : new EditorWorker()),
};

const shades = {
  light: { 'editor.background': '#ffffff', focusBorder: '#17706a', 'editorHoverWidget.background': '#ffffff' },
  dark: { 'editor.background': '#141414', focusBorder: '#3fa79f', 'editorHoverWidget.background': '#1f1f1f' },
};
monaco.editor.defineTheme('heddle-light', { base: 'vs', inherit: true, rules: [], colors: shades.light });
monaco.editor.defineTheme('heddle-dark', { base: 'vs-dark', inherit: true, rules: [], colors: shades.dark });

/** All editors of the page share one theme. */
export const showTheme = (dark: boolean): void => monaco.editor.setTheme(dark ? 'heddle-dark' : 'heddle-light');

/** Settings that every editor has. */
export const commonOptions: monaco.editor.IStandaloneEditorConstructionOptions = {
  minimap: { enabled: false },
  automaticLayout: true,
  fontSize: 13,
  tabSize: 2,
  scrollBeyondLastLine: false,
  fixedOverflowWidgets: true,
  useShadowDOM: false,
  accessibilitySupport: 'auto',
};

export { jsonDefaults, monaco };
