import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Editor, EditorState } from './editor-store.ts';

const EditorContext = createContext<Editor | undefined>(undefined);

/** Gives the parts of the designer below it their editor. */
export const EditorProvider = EditorContext.Provider;

/** The editor itself, for actions that happen later: undo, or a change that reads the state when it is made. */
export function useEditorStore(): Editor {
  const editor = useContext(EditorContext);
  if (editor === undefined) throw new Error('this component stands outside of an EditorProvider');
  return editor;
}

/** One slice of the editor's state. The selector must return what is stored, not something made anew. */
export function useEditor<T>(select: (state: EditorState) => T): T {
  return useStore(useEditorStore(), select);
}
