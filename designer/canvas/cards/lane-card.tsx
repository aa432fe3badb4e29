import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { isRecord } from '../../model/graph-node.ts';
import { formulaOf, textIn } from '../../model/graph-text.ts';
import { usePreferences } from '../../ui/preferences.ts';
import type { CardNode } from '../projection.ts';
import { EmptyScope } from './empty-scope.tsx';
import { at } from './exits.tsx';
import { useCard } from './use-card.ts';

/** A branch of a parallel: its name, and the condition under which it runs. */
export const LaneCard = memo(function LaneCard({ id, data, selected }: NodeProps<CardNode>) {
  const { t } = useTranslation('canvas');
  const language = usePreferences((state) => state.language);
  const { node, ports, isEmpty } = data;
  const { ref, dropKind, attributes } = useCard(id);
  if (node.kind !== 'lane') return null;
  const draft = isRecord(node.draft) ? node.draft : {};
  const condition = draft['if'] === undefined ? undefined : formulaOf(draft['if']);
  const title = textIn(draft['title'], language) ?? node.name;
  return (
    <div
      className="heddle-lane"
      data-selected={selected}
      {...('data-drop' in attributes ? { 'data-drop': attributes['data-drop'] } : {})}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: it is the head of a group, not a set of fields */}
      <div
        ref={ref}
        role="group"
        className="heddle-lane-head"
        aria-roledescription={t('card.lane')}
        aria-label={condition === undefined ? title : `${title}: ${condition}`}
        data-node={id}
        {...attributes}
      >
        <span className="heddle-lane-name" title={title}>
          {title}
        </span>
        {condition === undefined ? null : (
          <span className="heddle-card-detail" title={condition}>
            {condition}
          </span>
        )}
        {dropKind ? <span className="heddle-drop-hint">{t(`hint.${dropKind}`)}</span> : null}
      </div>
      {isEmpty ? <EmptyScope source={id} top={40} /> : null}
      {ports.map(({ exit, x, y }) => (
        <Handle
          key={exit}
          id={exit}
          type="source"
          position={Position.Bottom}
          style={at(x, y)}
          className="heddle-handle"
          data-kind="start"
        />
      ))}
    </div>
  );
});
