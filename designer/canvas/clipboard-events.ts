import { type RefObject, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { copyChosen, pasteText, removeChosen, settleChoice } from './actions.ts';
import { useCanvas } from './canvas-context.ts';

const TYPE = 'application/json';

/** Copy, cut and paste by the system's clipboard, so that they work between flows and tabs. */
export function useClipboard(root: RefObject<HTMLElement | null>): void {
  const canvas = useCanvas();
  const { t } = useTranslation('canvas');
  useEffect(() => {
    const isOurs = (): boolean => {
      const { activeElement } = document;
      if (activeElement?.closest('input, textarea, [contenteditable="true"], .monaco-editor')) return false;
      const isHere = root.current?.contains(activeElement) === true;
      return isHere || (!canvas.isReadOnly && activeElement === document.body);
    };
    const copy = (event: ClipboardEvent): boolean => {
      const isText = document.getSelection()?.isCollapsed === false;
      if (!isOurs() || isText) return false;
      settleChoice(canvas);
      const text = copyChosen(canvas);
      if (text === undefined || !event.clipboardData) return false;
      event.clipboardData.setData(TYPE, text);
      event.clipboardData.setData('text/plain', text);
      event.preventDefault();
      canvas.moment.setState({ said: t('said.copied', { count: canvas.editor.getState().selection.length }) });
      return true;
    };
    const onCopy = (event: ClipboardEvent): void => void copy(event);
    const onCut = (event: ClipboardEvent): void => {
      if (!canvas.isReadOnly && copy(event)) removeChosen(canvas);
    };
    const onPaste = (event: ClipboardEvent): void => {
      if (canvas.isReadOnly || !isOurs()) return;
      const text = event.clipboardData?.getData(TYPE) || event.clipboardData?.getData('text/plain');
      const count = pasteText(canvas, text ?? '');
      if (count === 0) return;
      event.preventDefault();
      canvas.moment.setState({ said: t('said.pasted', { count }) });
    };
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCut);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCut);
      document.removeEventListener('paste', onPaste);
    };
  }, [canvas, root, t]);
}
