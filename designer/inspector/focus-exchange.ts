import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';

/** What the canvas calls when somebody wants to go from a card into its form. */
const WANTED = 'heddle:form-wanted';
/** Where somebody types first; what only offers choices about a field comes later. */
const FIELDS = 'input:not([type="hidden"]):not(:disabled), textarea:not(:disabled), select:not(:disabled)';

/** Leads the keyboard's focus from the canvas into the form, by Enter, and back to the card, by Escape. */
export function useFocusExchange(selected: string | undefined): {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
} {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let frame = 0;
    const enter = (): void => {
      cancelAnimationFrame(frame);
      // By then the form of what has just been selected is there.
      frame = requestAnimationFrame(() => ref.current?.querySelector<HTMLElement>(FIELDS)?.focus());
    };
    window.addEventListener(WANTED, enter);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener(WANTED, enter);
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented || isOpen(event.target)) return;
    const card = document.querySelector<HTMLElement>(`[data-node="${CSS.escape(selected ?? '$start')}"]`);
    if (!card) return;
    event.preventDefault();
    card.focus({ preventScroll: true });
  };
  return { ref, onKeyDown };
}

/** An open list of antd or of Monaco takes Escape for itself. */
export const isOpen = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.getAttribute('aria-expanded') === 'true' ||
    target.closest('.monaco-editor .suggest-widget.visible, .rename-box') !== null);
