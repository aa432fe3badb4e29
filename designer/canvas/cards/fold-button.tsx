import { DownOutlined, RightOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { toggleCollapsed } from '../../model/edit.ts';
import type { StepNode } from '../../model/graph.ts';
import { useCanvas } from '../canvas-context.ts';
import { changeLayout } from '../change-layout.ts';

/** Draws a container as a card, or opens it again. */
export function FoldButton({ node }: { readonly node: StepNode }) {
  const { t } = useTranslation('canvas');
  const { editor } = useCanvas();
  const name = node.collapsed ? t('expand') : t('collapse');
  return (
    <button
      type="button"
      tabIndex={-1}
      className="heddle-icon-button nodrag nopan"
      aria-label={name}
      aria-expanded={!node.collapsed}
      title={name}
      onClick={(event) => {
        event.stopPropagation();
        changeLayout(editor, (document) => toggleCollapsed(document, node.id));
      }}
    >
      {node.collapsed ? <RightOutlined aria-hidden="true" /> : <DownOutlined aria-hidden="true" />}
    </button>
  );
}
