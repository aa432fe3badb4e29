import { PlusOutlined } from '@ant-design/icons';
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { addBranch } from '../../model/edit.ts';
import { partsOf } from '../../model/graph-node.ts';
import { detailOf, titleOf } from '../../model/graph-text.ts';
import { groupOf, TypeIcon } from '../../palette/index.ts';
import { usePreferences } from '../../ui/preferences.ts';
import { useCanvas } from '../canvas-context.ts';
import type { CardNode } from '../projection.ts';
import { Badges, markAttributes, useMark } from './card-marks.tsx';
import { EmptyScope } from './empty-scope.tsx';
import { Exits } from './exits.tsx';
import { FoldButton } from './fold-button.tsx';
import { StepCard } from './step-card.tsx';
import { useCard, useSpoken } from './use-card.ts';

/** A container: a head by which it is dragged, and around what it holds a frame. Folded it is a card. */
export const ContainerCard = memo(function ContainerCard(props: NodeProps<CardNode>) {
  const { node } = props.data;
  return node.kind === 'container' && node.collapsed ? <StepCard {...props} /> : <Box {...props} />;
});

/** Below this there is room for the title only. In px. */
const NARROW = 320;

function Box({ id, data, selected, width = 0 }: NodeProps<CardNode>) {
  const { t } = useTranslation('canvas');
  const language = usePreferences((state) => state.language);
  const { editor, isReadOnly } = useCanvas();
  const { node, ports, isEmpty } = data;
  const mark = useMark(id);
  const { ref, isFocused, dropKind, attributes } = useCard(id);
  const spoken = useSpoken(node, isFocused);
  if (node.kind !== 'container') return null;
  const { draft } = node;
  const hasBranches = partsOf(draft).branches !== undefined;
  const title = titleOf(draft, language);
  return (
    <div
      className="heddle-box"
      data-group={groupOf(String(draft.type))}
      data-selected={selected}
      {...markAttributes(mark)}
      {...('data-drop' in attributes ? { 'data-drop': attributes['data-drop'] } : {})}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a button could not hold the buttons of the head */}
      <div
        ref={ref}
        role="group"
        className="heddle-box-head"
        aria-roledescription={t('card.box')}
        aria-label={spoken}
        data-node={id}
        {...attributes}
      >
        <TypeIcon type={String(draft.type)} />
        <span className="heddle-card-title" title={title}>
          {title}
        </span>
        {width < NARROW ? null : (
          <span className="heddle-card-detail" title={detailOf(draft)}>
            {detailOf(draft)}
          </span>
        )}
        <Badges draft={draft} mark={mark} />
        {hasBranches && !isReadOnly ? (
          <button
            type="button"
            tabIndex={-1}
            className="heddle-icon-button nodrag nopan"
            aria-label={t('addBranch')}
            title={t('addBranch')}
            onClick={(event) => {
              event.stopPropagation();
              editor.getState().edit((document) => addBranch(document, id));
            }}
          >
            <PlusOutlined aria-hidden="true" />
          </button>
        ) : null}
        <FoldButton node={node} />
        {dropKind ? <span className="heddle-drop-hint">{t(`hint.${dropKind}`)}</span> : null}
      </div>
      {isEmpty && !node.hasLanes ? <EmptyScope source={id} top={48} /> : null}
      <Handle
        type="target"
        isConnectableStart={false}
        position={Position.Top}
        className="heddle-handle"
        data-kind="in"
      />
      <Exits node={node} ports={ports} width={width} />
    </div>
  );
}
