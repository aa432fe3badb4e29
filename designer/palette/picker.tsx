import { SearchOutlined } from '@ant-design/icons';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalogue } from '../api/catalogue.ts';
import { usePreferences } from '../ui/preferences.ts';
import { followDrag } from './drag.ts';
import { type PaletteItem, search, serviceSections, typeSections } from './items.ts';
import { heightOf, type Row, rowsOf } from './rows.ts';
import { TypeIcon } from './type-icon.tsx';
import './palette.css';

export interface PickerProps {
  readonly placeholder: string;
  readonly columns: 1 | 2;
  readonly onPick: (item: PaletteItem) => void;
  /** The field has the focus from the beginning, and the first item is ready to be picked. */
  readonly autoFocus?: boolean;
  readonly canDrag?: boolean;
}

/** A search field above a list of everything that can be put into a flow. Arrows choose, Enter picks. */
export function Picker({ placeholder, columns: mostColumns, onPick, autoFocus = false, canDrag = false }: PickerProps) {
  const { t } = useTranslation('palette');
  const language = usePreferences((state) => state.language);
  const { data: catalogue, error, isPending } = useCatalogue();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState<string>();
  const [dragged, setDragged] = useState<string>();
  // What is found stands below each other, with its description.
  const columns = query.trim() === '' ? mostColumns : 1;
  const listId = useId();
  const scroller = useRef<HTMLDivElement>(null);

  const services = useMemo(() => (catalogue ? serviceSections(catalogue) : []), [catalogue]);
  const rows = useMemo((): readonly Row[] => {
    const told = (text: string): Row => ({ kind: 'told', key: text, text });
    if (query.trim() !== '') {
      const found = search([...typeSections, ...services], query);
      const lines = found.map((item): Row => ({ kind: 'items', key: item.key, items: [item] }));
      return lines.length > 0 ? lines : [told(t('empty'))];
    }
    const titleOf = ({ key }: { key: string }) => t(`groups.${key as 'service'}`);
    const missing = error ? [told(t('failed'))] : services.length === 0 && !isPending ? [told(t('noServices'))] : [];
    return [...rowsOf([...typeSections, ...services], { columns, language, titleOf }), ...missing];
  }, [services, columns, query, error, isPending, language, t]);

  const items = useMemo(() => rows.flatMap((row) => (row.kind === 'items' ? row.items : [])), [rows]);
  const isReady = query.trim() !== '' || autoFocus;
  const chosen = items.find(({ key }) => key === active) ?? (isReady ? items[0] : undefined);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => heightOf(rows[at] ?? { kind: 'told', key: '', text: '' }, columns),
    getItemKey: (at) => rows[at]?.key ?? at,
    overscan: 6,
  });
  // Heights depend on the rows; without this the list keeps those of the rows before.
  useEffect(() => {
    if (rows.length > 0) list.measure();
  }, [list, rows]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && chosen && !event.nativeEvent.isComposing) {
      event.preventDefault();
      onPick(chosen);
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = chosen ? items.indexOf(chosen) + step : 0;
    const next = items[Math.min(Math.max(at, 0), items.length - 1)];
    setActive(next?.key);
    list.scrollToIndex(rows.findIndex((row) => row.kind === 'items' && next !== undefined && row.items.includes(next)));
  };

  const option = (item: PaletteItem, isNarrow: boolean) => (
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the chosen option
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
    <div
      key={item.key}
      id={`${listId}-${item.key}`}
      role="option"
      aria-selected={item.key === chosen?.key}
      className="heddle-palette-item"
      data-item={item.key}
      data-narrow={isNarrow}
      title={`${item.title(language)}: ${item.description(language)}`}
      onPointerDown={(event) => {
        if (!canDrag || event.button !== 0) return;
        setDragged(undefined);
        followDrag(item, event, () => setDragged(item.key));
      }}
      onClick={() => {
        if (dragged !== item.key) onPick(item);
        setDragged(undefined);
      }}
    >
      <TypeIcon type={item.type} />
      <span className="heddle-palette-text">
        <span className="heddle-palette-name">{item.title(language)}</span>
        {isNarrow ? null : <span className="heddle-palette-about">{item.description(language)}</span>}
      </span>
    </div>
  );

  return (
    <>
      <div className="heddle-palette-search">
        <SearchOutlined aria-hidden="true" />
        <input
          type="search"
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-label={placeholder}
          {...(chosen ? { 'aria-activedescendant': `${listId}-${chosen.key}` } : {})}
          // biome-ignore lint/a11y/noAutofocus: it opens where the person has just asked for it
          autoFocus={autoFocus}
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(undefined);
            scroller.current?.scrollTo({ top: 0 });
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div
        ref={scroller}
        id={listId}
        role="listbox"
        aria-label={t('list')}
        className="heddle-palette-list"
        // It scrolls, so it can be reached without a mouse too; there the same keys serve as in the field.
        tabIndex={0}
        {...(chosen ? { 'aria-activedescendant': `${listId}-${chosen.key}` } : {})}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" style={{ height: list.getTotalSize(), position: 'relative' }}>
          {list.getVirtualItems().map(({ index, key, start, size }) => {
            const row = rows[index];
            if (!row) return null;
            const style = { position: 'absolute', top: start, left: 0, right: 0, height: size } as const;
            if (row.kind === 'items') {
              const isNarrow = heightOf(row, columns) === 36;
              return (
                <div
                  key={key}
                  role="presentation"
                  className="heddle-palette-row"
                  data-columns={isNarrow ? 2 : 1}
                  style={style}
                >
                  {row.items.map((item) => option(item, isNarrow))}
                </div>
              );
            }
            return (
              <div key={key} role="presentation" style={style} className={`heddle-palette-${row.kind}`}>
                {row.kind === 'head' ? row.title : row.text}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
