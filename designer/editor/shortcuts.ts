import { useEffect } from 'react';
import { acceptSuggestions } from '../model/suggest-confirm.ts';
import { useEditorStore } from './use-editor.ts';
import { useWorkbench } from './workbench.ts';

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('.monaco-editor') !== null);

/** Keys that work everywhere in the designer. Those of the canvas itself belong to the canvas. */
export function useShortcuts(): void {
  const editor = useEditorStore();
  const { panels, saver } = useWorkbench();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      const withModifier = event.ctrlKey || event.metaKey;
      if (withModifier && key === 's') {
        event.preventDefault();
        void saver.flush();
        return;
      }
      if (withModifier && event.shiftKey && key === 'p') {
        event.preventDefault();
        panels.getState().show({ side: 'publish' });
        return;
      }
      if (event.defaultPrevented || !withModifier) return;
      if (key === 'enter') {
        event.preventDefault();
        editor.getState().edit((document) => acceptSuggestions(document));
        return;
      }
      if (typing(event.target)) return;
      const history = editor.temporal.getState();
      if (key === 'z' && !event.shiftKey) {
        event.preventDefault();
        history.undo();
      } else if (key === 'y' || (key === 'z' && event.shiftKey)) {
        event.preventDefault();
        history.redo();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [editor, panels, saver]);
}

/** Asks before the page is left with something unsaved. */
export function useLeaveWarning(): void {
  const { saver } = useWorkbench();
  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent) => {
      if (saver.state.getState().kind !== 'saved') event.preventDefault();
    };
    window.addEventListener('beforeunload', onLeave);
    return () => window.removeEventListener('beforeunload', onLeave);
  }, [saver]);
}
