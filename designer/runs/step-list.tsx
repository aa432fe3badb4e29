import { useTranslation } from 'react-i18next';
import { useText } from '../ui/text.ts';
import { nodeIn } from './event-names.ts';
import type { RunCanvasProps } from './run-canvas.tsx';
import { Status } from './status.tsx';

/** The nodes that a run has reached, in words. */
export function StepList({ document, statuses, selected, onSelect }: RunCanvasProps) {
  const { t } = useTranslation('runs');
  const say = useText();
  return (
    <ul className="heddle-steps" aria-label={t('steps.label')}>
      {Object.entries(statuses).map(([node, { status, visits }]) => (
        <li key={node}>
          <button type="button" aria-pressed={node === selected} onClick={() => onSelect(node)}>
            <span>{say(nodeIn(document, node)?.['title']) ?? node}</span>
            {visits > 1 ? <small>{t('timeline.attempts', { count: visits })}</small> : null}
            <Status of={status} />
          </button>
        </li>
      ))}
    </ul>
  );
}
