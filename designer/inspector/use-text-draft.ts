import { useEffect, useRef, useState } from 'react';

const QUIET_MS = 400;

/**
 * Text that is being typed. It is committed after a pause, on blur and when the field goes away, so that a word is one
 * step of undo. What comes from elsewhere (undo, another field) replaces it.
 */
export function useTextDraft(value: string, commit: (text: string) => void) {
  const [text, setText] = useState(value);
  const state = useRef({ text: value, value, commit });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  state.current.commit = commit;
  if (state.current.value !== value) {
    state.current.value = value;
    if (state.current.text !== value) {
      state.current.text = value;
      setText(value);
    }
  }
  const flush = useRef(() => {
    clearTimeout(timer.current);
    const { text: typed, value: known } = state.current;
    if (typed === known) return;
    state.current.value = typed;
    state.current.commit(typed);
  }).current;
  useEffect(() => flush, [flush]);
  const type = (next: string) => {
    state.current.text = next;
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(flush, QUIET_MS);
  };
  return { text, type, flush };
}
