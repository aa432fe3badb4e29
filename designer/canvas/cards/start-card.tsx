import { PlayCircleFilled, PlusOutlined } from '@ant-design/icons';
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { START_EXIT } from '../../model/graph.ts';
import { isRecord } from '../../model/graph-node.ts';
import { useCanvas } from '../canvas-context.ts';
import type { CardNode } from '../projection.ts';
import { openQuickAdd } from '../quick-add-state.ts';
import { useCard } from './use-card.ts';

/** Where the flow begins, and what starts it. */
export const StartCard = memo(function StartCard({ id, data, selected }: NodeProps<CardNode>) {
  const { t } = useTranslation('canvas');
  const canvas = useCanvas();
  const triggers = useStore(canvas.editor, (state) => state.document['triggers']);
  const { ref, attributes } = useCard(id);
  const first: unknown = Array.isArray(triggers) ? triggers[0] : undefined;
  const text = (isRecord(first) && startText(first)) || t('start');
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: nothing happens by pressing it; Enter selects it like every node */}
      <div
        ref={ref}
        role="group"
        className="heddle-start"
        aria-roledescription={t('card.start')}
        aria-label={text}
        data-node={id}
        data-selected={selected}
        {...attributes}
      >
        <PlayCircleFilled aria-hidden="true" />
        <span className="heddle-card-title" title={text}>
          {text}
        </span>
      </div>
      <Handle id={START_EXIT} type="source" position={Position.Bottom} className="heddle-handle" data-kind="start" />
      {data.isEmpty && !canvas.isReadOnly ? (
        <button
          type="button"
          tabIndex={-1}
          className="heddle-first nodrag nopan"
          data-source={id}
          data-exit={START_EXIT}
          onClick={(event) => openQuickAdd(canvas, { source: id, exit: START_EXIT }, event)}
        >
          <PlusOutlined aria-hidden="true" />
          {t('addFirst')}
        </button>
      ) : null}
    </>
  );
});

/** What starts the flow, in a line. */
function startText(trigger: { readonly [name: string]: unknown }): string {
  if (trigger['type'] === 'http') return `${trigger['method']} ${trigger['path']}`;
  const { source } = trigger as { readonly source?: unknown };
  const where = isRecord(source) ? Object.values(source).find((value) => typeof value === 'string') : undefined;
  return [trigger['service'], where].filter((part) => typeof part === 'string' && part !== '').join(' · ');
}
