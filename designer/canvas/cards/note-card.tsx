import type { NodeProps } from '@xyflow/react';
import { NodeResizer } from '@xyflow/react';
import { memo, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { setNote } from '../../model/edit.ts';
import { useCanvas, useMoment } from '../canvas-context.ts';
import type { CardNode } from '../projection.ts';
import { useCard } from './use-card.ts';

/** A sticky note: plain text, written in place. */
export const NoteCard = memo(function NoteCard({ id, data, selected }: NodeProps<CardNode>) {
  const { t } = useTranslation('canvas');
  const { editor, moment, isReadOnly } = useCanvas();
  const isWriting = useMoment((state) => state.writing === id);
  const { ref, attributes } = useCard(id);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (isWriting) field.current?.focus();
  }, [isWriting]);
  if (data.node.kind !== 'note') return null;
  const { note } = data.node;
  const text = String(note.text ?? '');
  const noteId = id.slice('note:'.length);
  const change = (to: Parameters<typeof setNote>[2]) => editor.getState().edit((now) => setNote(now, noteId, to));
  const finish = (): void => {
    const written = field.current?.value ?? text;
    if (written !== text) change({ text: written });
    moment.setState({ writing: undefined });
  };
  return (
    <>
      {selected && !isReadOnly ? (
        <NodeResizer
          minWidth={120}
          minHeight={60}
          onResizeEnd={(_, { x, y, width, height }) =>
            change({ x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) })
          }
        />
      ) : null}
      {/* biome-ignore lint/a11y/useSemanticElements: a note is no set of fields */}
      <div
        ref={ref}
        role="group"
        className="heddle-note"
        aria-roledescription={t('card.note')}
        aria-label={text || t('noteEmpty')}
        data-node={id}
        data-selected={selected}
        {...attributes}
      >
        {isWriting ? (
          <textarea
            ref={field}
            className="nodrag nopan nowheel"
            aria-label={t('noteText')}
            defaultValue={text}
            onBlur={finish}
            onKeyDown={(event) => {
              event.stopPropagation();
              if (event.key !== 'Escape') return;
              finish();
              ref.current?.focus();
            }}
          />
        ) : (
          text || <span className="heddle-note-empty">{t('noteEmpty')}</span>
        )}
      </div>
    </>
  );
});
