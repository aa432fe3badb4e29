import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { insertDraft, Picker, useInsertion } from '../palette/index.ts';
import { useCanvas, useMoment } from './canvas-context.ts';

/** Asks what happens next, at the spot. */
export function QuickAddPopover() {
  const { t } = useTranslation('palette');
  const { editor, moment } = useCanvas();
  const insertion = useInsertion();
  const asked = useMoment((state) => state.quickAdd);
  const ref = useRef<HTMLDivElement>(null);
  const close = (takesFocus: boolean): void => {
    moment.setState((state) => ({ quickAdd: undefined, focusCall: state.focusCall + (takesFocus ? 1 : 0) }));
  };
  useEffect(() => {
    if (!asked) return;
    const outside = (event: PointerEvent): void => {
      if (event.target instanceof Node && !ref.current?.contains(event.target))
        moment.setState({ quickAdd: undefined });
    };
    window.addEventListener('pointerdown', outside, true);
    return () => window.removeEventListener('pointerdown', outside, true);
  }, [asked, moment]);
  if (!asked) return null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes it wherever in it the focus is
    <div
      ref={ref}
      className="heddle-quick-add"
      style={{ left: asked.x, top: asked.y }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') close(true);
      }}
    >
      <Picker
        placeholder={t('next')}
        columns={1}
        autoFocus
        onPick={(item) => {
          const id = insertDraft(editor, { draft: item.draft(), spot: { kind: 'exit', at: asked.at }, insertion });
          if (id !== undefined) moment.setState({ focused: id });
          close(true);
        }}
      />
    </div>
  );
}
