import { ExclamationCircleOutlined, WarningOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { isError, nodeOf, withinNode } from '../model/problems.ts';
import { useEditor } from './use-editor.ts';
import { useChecks, usePanels } from './workbench.ts';

/** Everything that is wrong with the draft; a press goes to where it is. */
export function ProblemsPanel() {
  const { t } = useTranslation('editor');
  const problems = useChecks((state) => state.problems);
  const select = useEditor((state) => state.select);
  const show = usePanels((state) => state.show);
  if (problems.length === 0) return <div className="heddle-trial-empty">{t('bottom.sound')}</div>;
  return (
    <ul className="heddle-problems">
      {problems.map((problem) => {
        const node = nodeOf(problem.pointer);
        const place = withinNode(problem.pointer);
        return (
          <li key={`${problem.pointer} ${problem.code} ${problem.message}`}>
            <button
              type="button"
              onClick={() => {
                select(node === undefined ? [] : [node]);
                show({ side: 'inspector', view: 'canvas' });
              }}
            >
              {isError(problem) ? (
                <ExclamationCircleOutlined className="heddle-wrong" aria-label={t('bottom.errors')} />
              ) : (
                <WarningOutlined className="heddle-warn" aria-label={t('bottom.warnings')} />
              )}
              <b>{node ?? t('theFlow')}</b>
              <span>{problem.message}</span>
              <code>{place}</code>
              <span className="heddle-faint">{problem.code}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
