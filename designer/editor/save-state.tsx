import { CheckOutlined, CloudSyncOutlined, ExclamationCircleOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useWorkbench } from './workbench.ts';

/** Whether the server has what is on the screen. */
export function SaveState() {
  const { t } = useTranslation('editor');
  const { saver } = useWorkbench();
  const state = useStore(saver.state);
  if (state.kind === 'conflict') return null;
  if (state.kind === 'saved') {
    return (
      <span className="heddle-save-state" role="status">
        <CheckOutlined /> {state.revision === 0 ? t('unchanged') : t('saved')}
      </span>
    );
  }
  if (state.error === undefined) {
    return (
      <span className="heddle-save-state" role="status">
        <CloudSyncOutlined /> {t('saving')}
      </span>
    );
  }
  return (
    <span className="heddle-save-state heddle-bad" role="alert" title={state.error}>
      <ExclamationCircleOutlined /> {t('notSaved')}
    </span>
  );
}
