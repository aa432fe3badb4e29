import { PlusOutlined } from '@ant-design/icons';
import { Handle, Position } from '@xyflow/react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { START_EXIT, type StepNode } from '../../model/graph.ts';
import { labelOf } from '../../model/graph-text.ts';
import type { Port } from '../../model/layout-ports.ts';
import { useCanvas } from '../canvas-context.ts';
import { openQuickAdd } from '../quick-add-state.ts';
import { useWords } from '../use-words.ts';

/** A handle whose middle stands at a point of its card. */
export const at = (left: number, top: number) => ({
  left,
  top,
  right: 'auto',
  bottom: 'auto',
  transform: 'translate(-50%, -50%)',
});

interface ExitsProps {
  readonly node: StepNode;
  readonly ports: readonly Port[];
  readonly width: number;
}

/** Where edges leave a card; below those that lead nowhere a button to say what comes next. */
export const Exits = memo(function Exits({ node, ports, width }: ExitsProps) {
  const { t } = useTranslation('canvas');
  const words = useWords();
  const canvas = useCanvas();
  const down = ports.filter(({ side, exit }) => side === 'bottom' && exit !== START_EXIT).length;
  return (
    <>
      {ports.map(({ exit: pointer, side, x, y }) => {
        const exit = node.exits.find((candidate) => candidate.pointer === pointer);
        const label = exit && labelOf(exit, words);
        const isOpen = exit !== undefined && !isConnected(canvas, node, exit.target);
        return (
          <span key={pointer}>
            <Handle
              id={pointer}
              type="source"
              position={side === 'right' ? Position.Right : Position.Bottom}
              style={at(x, y)}
              className="heddle-handle"
              data-kind={exit?.kind ?? 'start'}
              title={label ?? ''}
            />
            {isOpen && exit.kind === 'error' ? (
              <span className="heddle-open-error" style={{ left: x + 8, top: y }}>
                {label}
              </span>
            ) : null}
            {isOpen && exit.kind !== 'error' && !canvas.isReadOnly ? (
              <button
                type="button"
                tabIndex={-1}
                className="heddle-open-end nodrag nopan"
                style={{ left: x, top: y, maxWidth: Math.max(48, Math.floor(width / down) - 6) }}
                data-source={node.id}
                data-exit={pointer}
                aria-label={label === undefined ? t('add') : t('addAt', { exit: label })}
                title={label === undefined ? t('add') : t('addAt', { exit: label })}
                onClick={(event) => {
                  event.stopPropagation();
                  openQuickAdd(canvas, { source: node.id, exit: pointer }, event);
                }}
              >
                <i />
                {label === undefined ? null : <span className="heddle-open-label">{label}</span>}
                <span className="heddle-plus">
                  <PlusOutlined aria-hidden="true" />
                </span>
              </button>
            ) : null}
          </span>
        );
      })}
    </>
  );
});

function isConnected(canvas: ReturnType<typeof useCanvas>, node: StepNode, target: string | undefined): boolean {
  if (target === undefined) return false;
  const other = canvas.view.getState().graph.nodes.get(target);
  return other?.scope === node.scope;
}
