import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { detailOf, titleOf } from '../../model/graph-text.ts';
import { groupOf, TypeIcon } from '../../palette/index.ts';
import { usePreferences } from '../../ui/preferences.ts';
import type { CardNode } from '../projection.ts';
import { Badges, markAttributes, useMark } from './card-marks.tsx';
import { Exits } from './exits.tsx';
import { FoldButton } from './fold-button.tsx';
import { useCard, useSpoken } from './use-card.ts';

/** A node as a compact card: icon, title, and the parameter that says most about it. */
export const StepCard = memo(function StepCard({ id, data, selected }: NodeProps<CardNode>) {
  const { t } = useTranslation('canvas');
  const language = usePreferences((state) => state.language);
  const { node, ports } = data;
  const mark = useMark(id);
  const { ref, isFocused, dropKind, attributes } = useCard(id);
  const spoken = useSpoken(node, isFocused);
  if (node.kind !== 'step' && node.kind !== 'container') return null;
  const { draft } = node;
  const title = titleOf(draft, language);
  const detail = detailOf(draft);
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a button could not hold the button that unfolds */}
      <div
        ref={ref}
        role="group"
        className="heddle-card"
        aria-roledescription={t(node.kind === 'container' ? 'card.box' : 'card.step')}
        aria-label={spoken}
        data-node={id}
        data-group={groupOf(String(draft.type))}
        data-selected={selected}
        data-folded={node.kind === 'container'}
        {...markAttributes(mark)}
        {...attributes}
      >
        <TypeIcon type={String(draft.type)} />
        <span className="heddle-card-text">
          <span className="heddle-card-title" title={title}>
            {title}
          </span>
          {detail === '' ? (
            <span className="heddle-card-detail">{id}</span>
          ) : (
            <span className="heddle-card-detail" title={detail}>
              {detail}
            </span>
          )}
        </span>
        <Badges draft={draft} mark={mark} />
        {node.kind === 'container' ? <FoldButton node={node} /> : null}
        {dropKind ? <span className="heddle-drop-hint">{t(`hint.${dropKind}`)}</span> : null}
      </div>
      <Handle
        type="target"
        isConnectableStart={false}
        position={Position.Top}
        className="heddle-handle"
        data-kind="in"
      />
      <Exits node={node} ports={ports} width={220} />
    </>
  );
});
