import { MenuFoldOutlined, MenuUnfoldOutlined } from '@ant-design/icons';
import { useState } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useEditor, useEditorStore } from '../editor/use-editor.ts';
import { usePreferences } from '../ui/preferences.ts';
import { paletteDrag } from './drag.ts';
import { insertDraft, spotForPicked, useInsertion } from './insertion.ts';
import { Picker } from './picker.tsx';
import { TypeIcon } from './type-icon.tsx';

/** What can be put into the flow, at the left of the canvas. */
export function Palette() {
  const { t } = useTranslation('palette');
  const editor = useEditorStore();
  const insertion = useInsertion();
  const readOnly = useEditor((state) => state.readOnly);
  const [isOpen, setOpen] = useState(true);
  if (readOnly) return null;
  const toggle = isOpen ? t('collapse') : t('expand');
  return (
    <aside className="heddle-palette" data-open={isOpen} aria-label={t('title')}>
      <button
        type="button"
        className="heddle-palette-toggle"
        aria-expanded={isOpen}
        aria-label={toggle}
        title={toggle}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? <MenuFoldOutlined aria-hidden="true" /> : <MenuUnfoldOutlined aria-hidden="true" />}
      </button>
      {isOpen ? (
        <Picker
          placeholder={t('search')}
          columns={2}
          canDrag
          onPick={(item) => {
            const { document, selection } = editor.getState();
            insertDraft(editor, { draft: item.draft(), spot: spotForPicked(document, selection), insertion });
          }}
        />
      ) : null}
      <Ghost />
    </aside>
  );
}

/** The item under the pointer while it is dragged. */
function Ghost() {
  const item = useStore(paletteDrag, (state) => state.item);
  const x = useStore(paletteDrag, (state) => state.x);
  const y = useStore(paletteDrag, (state) => state.y);
  const language = usePreferences((state) => state.language);
  if (!item) return null;
  return createPortal(
    <div className="heddle-palette-ghost" style={{ transform: `translate(${x + 10}px, ${y + 10}px)` }}>
      <TypeIcon type={item.type} />
      {item.title(language)}
    </div>,
    document.querySelector('.heddle-root') ?? document.body,
  );
}
