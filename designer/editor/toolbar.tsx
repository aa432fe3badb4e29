import {
  CodeOutlined,
  DownloadOutlined,
  HistoryOutlined,
  PlayCircleOutlined,
  RedoOutlined,
  UndoOutlined,
  UploadOutlined,
} from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { usePreferences } from '../ui/preferences.ts';
import { textIn } from '../ui/text.ts';
import { exportFile, importFile } from './file.ts';
import { SaveState } from './save-state.tsx';
import { useEditor, useEditorStore } from './use-editor.ts';
import { usePanels, useWorkbench } from './workbench.ts';

/** What is done to the flow as a whole. */
export function Toolbar() {
  const { t } = useTranslation('editor');
  const editor = useEditorStore();
  const view = usePanels((state) => state.view);
  const side = usePanels((state) => state.side);
  const bottom = usePanels((state) => state.bottom);
  const show = usePanels((state) => state.show);
  const [refused, setRefused] = useState<string>();
  const take = async () => {
    setRefused(undefined);
    try {
      const next = await importFile();
      if (next) editor.getState().edit((now) => ({ ...next, id: now.id }));
    } catch (error) {
      setRefused(t('importFailed', { why: (error as Error).message }));
    }
  };
  return (
    <div className="heddle-toolbar" role="toolbar" aria-label={t('toolbar')}>
      <Link to="/" className="heddle-back" aria-label={t('back')}>
        {t('flows')}
      </Link>
      <span aria-hidden>/</span>
      <FlowTitle />
      <SaveState />
      <UndoRedo />
      <span className="heddle-grow heddle-wrong" role="alert">
        {refused}
      </span>
      <Button
        title={view === 'json' ? t('toCanvas') : t('toJson')}
        type={view === 'json' ? 'primary' : 'text'}
        icon={<CodeOutlined />}
        aria-pressed={view === 'json'}
        aria-label={t('toJson')}
        onClick={() => show({ view: view === 'json' ? 'canvas' : 'json' })}
      />
      <Button
        title={t('versions')}
        type={side === 'versions' ? 'primary' : 'text'}
        icon={<HistoryOutlined />}
        aria-pressed={side === 'versions'}
        aria-label={t('versions')}
        onClick={() => show({ side: side === 'versions' ? 'inspector' : 'versions' })}
      />
      <Button
        type="text"
        icon={<DownloadOutlined />}
        title={t('export')}
        aria-label={t('export')}
        onClick={() => exportFile(editor.getState().document)}
      />
      <Button
        type="text"
        icon={<UploadOutlined />}
        title={t('import')}
        aria-label={t('import')}
        onClick={() => void take()}
      />
      <Button
        icon={<PlayCircleOutlined />}
        data-tour="try"
        aria-pressed={bottom === 'try'}
        onClick={() => show({ bottom: bottom === 'try' ? undefined : 'try' })}
      >
        {t('try')}
      </Button>
      <Button
        type="primary"
        data-tour="publish"
        aria-pressed={side === 'publish'}
        onClick={() => show({ side: 'publish' })}
      >
        {t('publish')}
      </Button>
    </div>
  );
}

/** The flow's title, edited in place; it changes the language that is shown. */
function FlowTitle() {
  const { t } = useTranslation('editor');
  const { flowId } = useWorkbench();
  const language = usePreferences((state) => state.language);
  const title = useEditor((state) => state.document['title']);
  const edit = useEditor((state) => state.edit);
  const shown = textIn(title, language) ?? flowId;
  const commit = (text: string) => {
    const next = text.trim();
    if (next === '' || next === shown) return;
    edit((document) => ({
      ...document,
      title: title !== null && typeof title === 'object' ? { ...(title as object), [language]: next } : next,
    }));
  };
  return (
    <input
      key={shown}
      className="heddle-flow-name"
      aria-label={t('title')}
      defaultValue={shown}
      style={{
        width: `${Math.min(
          32,
          Math.max(
            8,
            [...shown].reduce((sum, sign) => sum + (sign > '\u2e80' ? 2 : 1), 2),
          ),
        )}ch`,
      }}
      onBlur={(event) => commit(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
      }}
    />
  );
}

function UndoRedo() {
  const { t } = useTranslation('editor');
  const { temporal } = useEditorStore();
  const canUndo = useStore(temporal, (state) => state.pastStates.length > 0);
  const canRedo = useStore(temporal, (state) => state.futureStates.length > 0);
  return (
    <>
      <Button
        title={t('undo')}
        type="text"
        icon={<UndoOutlined />}
        disabled={!canUndo}
        aria-label={t('undo')}
        onClick={() => temporal.getState().undo()}
      />
      <Button
        title={t('redo')}
        type="text"
        icon={<RedoOutlined />}
        disabled={!canRedo}
        aria-label={t('redo')}
        onClick={() => temporal.getState().redo()}
      />
    </>
  );
}
