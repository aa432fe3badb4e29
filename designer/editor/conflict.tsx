import { Alert, Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useEditor, useEditorStore } from './use-editor.ts';
import { useWorkbench } from './workbench.ts';

const DiffView = lazy(() => import('../publish/diff-view.tsx').then((module) => ({ default: module.DiffView })));

/** Somebody else has saved the same draft: both versions, and a choice. Nothing is lost: theirs can be undone to mine. */
export function Conflict() {
  const { t, i18n } = useTranslation('editor');
  const { saver } = useWorkbench();
  const editor = useEditorStore();
  const state = useStore(saver.state);
  const mine = useEditor((now) => now.document);
  const [comparing, setComparing] = useState(false);
  if (state.kind !== 'conflict') return null;
  const { theirs } = state;
  const takeTheirs = async () => {
    await saver.settle('theirs');
    editor.getState().edit(() => theirs.definition);
  };
  return (
    <div className="heddle-conflict">
      <Alert
        type="warning"
        banner
        showIcon
        title={t('conflict.title', {
          who: theirs.updatedBy,
          when: new Date(theirs.updatedAt).toLocaleTimeString(i18n.language),
        })}
        description={t('conflict.body')}
        action={
          <div className="heddle-conflict-buttons">
            <Button size="small" aria-expanded={comparing} onClick={() => setComparing(!comparing)}>
              {t('conflict.compare')}
            </Button>
            <Button size="small" onClick={() => void takeTheirs()}>
              {t('conflict.theirs')}
            </Button>
            <Button size="small" type="primary" onClick={() => void saver.settle('mine')}>
              {t('conflict.mine')}
            </Button>
          </div>
        }
      />
      {comparing ? (
        <Suspense fallback={null}>
          <DiffView
            before={theirs.definition}
            after={mine}
            beforeLabel={t('conflict.theirsLabel')}
            afterLabel={t('conflict.mineLabel')}
          />
        </Suspense>
      ) : null}
    </div>
  );
}
