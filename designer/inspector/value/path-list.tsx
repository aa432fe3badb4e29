import { CaretDownOutlined, CaretRightOutlined, StarFilled } from '@ant-design/icons';
import { type MouseEvent, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { placesOf } from '../../model/data-place.ts';
import { sampleAt, type TrialPlace } from '../../model/data-sample.ts';
import { useText } from '../../ui/text.ts';
import type { PathRow } from './path-rows.ts';
import { shortJson } from './resolved.tsx';

/** The tree below the field. The keyboard stays in the field, which says by `aria-activedescendant` which line is meant. */
export function PathList(props: {
  readonly id: string;
  readonly label: string;
  readonly rows: readonly PathRow[];
  readonly active: number;
  readonly place: TrialPlace;
  readonly onPick: (path: string) => void;
  readonly onToggle: (row: PathRow) => void;
  /** What was typed, if it is no path and may be the value itself. */
  readonly literal?: string;
  readonly onLiteral?: () => void;
}) {
  const { t } = useTranslation('inspector');
  const { rows, active, id } = props;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  // The field would lose the focus, and with it the list, before the click is done.
  const keepFocus = (event: MouseEvent) => event.preventDefault();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps the focus where it is
    <div className="heddle-i-path-list" onMouseDown={keepFocus}>
      <div ref={list} id={id} role="tree" tabIndex={-1} aria-label={t('path.list', { label: props.label })}>
        {rows.map((row, index) => (
          <PathLine key={`${row.likely} ${row.path}`} {...props} row={row} index={index} />
        ))}
      </div>
      {props.literal === undefined ? null : (
        <button
          type="button"
          className="heddle-i-path-row heddle-i-path-literal"
          tabIndex={-1}
          onClick={props.onLiteral}
        >
          {t('path.literal', { text: props.literal })}
        </button>
      )}
      {rows.length === 0 && props.literal === undefined ? <p className="heddle-i-path-none">{t('path.none')}</p> : null}
    </div>
  );
}

function PathLine(props: Parameters<typeof PathList>[0] & { readonly row: PathRow; readonly index: number }) {
  const { t } = useTranslation('inspector');
  const text = useText();
  const { row, place } = props;
  const node = /^steps\.[^.]+$/.test(row.path) ? placesOf(place.document).get(row.name)?.node : undefined;
  const title = text(node?.['title']) ?? row.title;
  const sample = row.open ? '' : shortJson(sampleAt(row.path, place));
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys for all lines
    <div
      id={`${props.id}-${props.index}`}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.level}
      aria-selected={props.index === props.active}
      {...(row.hasChildren ? { 'aria-expanded': row.open } : {})}
      className="heddle-i-path-row"
      style={{ paddingInlineStart: row.level * 14 - 8 }}
      title={row.path}
      onClick={() =>
        row.level === 1 && (row.path === 'steps' || row.path === 'vars') ? props.onToggle(row) : props.onPick(row.path)
      }
    >
      {row.hasChildren ? (
        // biome-ignore lint/a11y/useKeyWithClickEvents: ArrowRight and ArrowLeft in the field do the same
        // biome-ignore lint/a11y/noStaticElementInteractions: part of the line, which is the item of the tree
        <span
          className="heddle-i-path-caret"
          onClick={(event) => {
            event.stopPropagation();
            props.onToggle(row);
          }}
        >
          {row.open ? <CaretDownOutlined aria-hidden="true" /> : <CaretRightOutlined aria-hidden="true" />}
        </span>
      ) : (
        <span className="heddle-i-path-caret">{row.likely ? <StarFilled aria-hidden="true" /> : null}</span>
      )}
      <span className="heddle-i-path-name">
        {row.whole ? row.path : row.name}
        {row.certain ? null : <span title={t('path.maybe')}>{'?'}</span>}
      </span>
      <span className="heddle-i-path-type">{t(`types.${row.type}` as 'types.any', { defaultValue: row.type })}</span>
      <span className="heddle-i-path-sample">{title ?? sample}</span>
    </div>
  );
}
