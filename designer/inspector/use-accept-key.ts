import { useEffect } from 'react';
import { useEditorStore } from '../editor/use-editor.ts';
import { acceptSuggestions } from '../model/suggest-confirm.ts';

/** Ctrl+Enter (⌘+Enter) accepts what is suggested: for the node that is shown, else for the whole flow. */
export function useAcceptKey(nodeId: string | undefined): void {
  const editor = useEditorStore();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
      const { document, edit } = editor.getState();
      const next = acceptSuggestions(document, nodeId);
      if (next === document) return;
      event.preventDefault();
      edit(() => next);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [editor, nodeId]);
}
