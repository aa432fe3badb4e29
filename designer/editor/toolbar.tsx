import {
  CodeOutlined,
  DownloadOutlined,
  EllipsisOutlined,
  HistoryOutlined,
  PlayCircleOutlined,
  RedoOutlined,
  UndoOutlined,
  UploadOutlined,
} from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button, Dropdown, Input, Tooltip } from 'antd';
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
      <Tooltip title={view === 'json' ? t('toCanvas') : t('toJson')}>
        <Button
          type={view === 'json' ? 'primary' : 'text'}
          icon={<CodeOutlined />}
          aria-pressed={view === 'json'}
          aria-label={t('toJson')}
          onClick={() => show({ view: view === 'json' ? 'canvas' : 'json' })}
        />
      </Tooltip>
      <Tooltip title={t('versions')}>
        <Button
          type={side === 'versions' ? 'primary' : 'text'}
          icon={<HistoryOutlined />}
          aria-pressed={side === 'versions'}
          aria-label={t('versions')}
          onClick={() => show({ side: side === 'versions' ? 'inspector' : 'versions' })}
        />
      </Tooltip>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'export', icon: <DownloadOutlined />, label: t('export') },
            { key: 'import', icon: <UploadOutlined />, label: t('import') },
          ],
          onClick: ({ key }) => {
            if (key === 'export') exportFile(editor.getState().document);
            else void take();
          },
        }}
      >
        <Button type="text" icon={<EllipsisOutlined />} aria-label={t('more')} />
      </Dropdown>
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
    <Input
      key={shown}
      className="heddle-flow-name"
      variant="borderless"
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
      onPressEnter={(event) => event.currentTarget.blur()}
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
      <Tooltip title={t('undo')}>
        <Button
          type="text"
          icon={<UndoOutlined />}
          disabled={!canUndo}
          aria-label={t('undo')}
          onClick={() => temporal.getState().undo()}
        />
      </Tooltip>
      <Tooltip title={t('redo')}>
        <Button
          type="text"
          icon={<RedoOutlined />}
          disabled={!canRedo}
          aria-label={t('redo')}
          onClick={() => temporal.getState().redo()}
        />
      </Tooltip>
    </>
  );
}
