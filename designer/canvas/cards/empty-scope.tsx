import { useTranslation } from 'react-i18next';
import { START_EXIT } from '../../model/graph.ts';
import { useCanvas } from '../canvas-context.ts';
import { openQuickAdd } from '../quick-add-state.ts';

/** Where the first node of a scope goes. */
export function EmptyScope({ source, top }: { readonly source: string; readonly top: number }) {
  const { t } = useTranslation('canvas');
  const canvas = useCanvas();
  if (canvas.isReadOnly) return null;
  return (
    <button
      type="button"
      tabIndex={-1}
      className="heddle-empty-scope nodrag nopan"
      style={{ top }}
      data-source={source}
      data-exit={START_EXIT}
      onClick={(event) => {
        event.stopPropagation();
        openQuickAdd(canvas, { source, exit: START_EXIT }, event);
      }}
    >
      {t('emptyLane')}
    </button>
  );
}
