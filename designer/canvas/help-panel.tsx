import { CloseOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useCanvas, useMoment } from './canvas-context.ts';

const shortcuts = [
  { keys: ['↑', '↓', '←', '→'], name: 'along' },
  { keys: ['Enter'], name: 'select' },
  { keys: ['Shift+Enter', 'o'], name: 'open' },
  { keys: ['a', '+'], name: 'addNext' },
  { keys: ['i'], name: 'addInside' },
  { keys: ['Ctrl+↑', 'Ctrl+↓'], name: 'move' },
  { keys: ['c'], name: 'connectKey' },
  { keys: ['b'], name: 'addBranch' },
  { keys: ['e'], name: 'addError' },
  { keys: ['f'], name: 'fold' },
  { keys: ['n'], name: 'addNote' },
  { keys: ['Delete'], name: 'delete' },
  { keys: ['Ctrl+C', 'Ctrl+X', 'Ctrl+V'], name: 'clipboard' },
  { keys: ['Ctrl+D'], name: 'duplicate' },
  { keys: ['Ctrl+A'], name: 'selectAll' },
  { keys: ['Ctrl+Z'], name: 'undo' },
  { keys: ['Ctrl+Shift+Z', 'Ctrl+Y'], name: 'redo' },
  { keys: ['Ctrl+K'], name: 'find' },
  { keys: ['1', '0', '-'], name: 'zoom' },
  { keys: ['Esc'], name: 'clear' },
] as const;

/** All shortcuts, beside the work and not in its way. */
export function HelpPanel() {
  const { t } = useTranslation('canvas');
  const { moment } = useCanvas();
  const isOpen = useMoment((state) => state.panel === 'help');
  if (!isOpen) return null;
  return (
    <section className="heddle-panel heddle-help" aria-label={t('help')}>
      <header>
        <h3>{t('help')}</h3>
        <button
          type="button"
          className="heddle-icon-button"
          aria-label={t('closeHelp')}
          onClick={() => moment.setState({ panel: undefined })}
        >
          <CloseOutlined aria-hidden="true" />
        </button>
      </header>
      <dl>
        {shortcuts.map(({ keys, name }) => (
          <div key={name}>
            <dt>{t(`command.${name}`)}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
