import { Input } from 'antd';
import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrialPlace } from '../../model/data-sample.ts';
import { PathList } from './path-list.tsx';
import { type PathRow, pathRows } from './path-rows.ts';

/** The field into which a path is typed, searched or picked from a tree of what is in reach: one click picks. */
export function PathPicker(props: {
  readonly id: string;
  readonly label: string;
  readonly path: string;
  readonly place: TrialPlace;
  /** Paths that are probably meant here, likeliest first. */
  readonly likely?: () => readonly string[];
  readonly disabled: boolean;
  readonly onPick: (path: string) => void;
  readonly onCancel?: () => void;
  /** Takes a text that is no path as the value itself. */
  readonly onLiteral?: (text: string) => void;
  readonly autoFocus?: boolean;
}) {
  const { t } = useTranslation('inspector');
  const { place, path } = props;
  const listId = useId();
  const [shown, setShown] = useState(false);
  const [text, setText] = useState<string>();
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(['input', 'steps', 'item']));
  const [active, setActive] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  // The likely ones are asked for when the list opens: they do not change while it is open.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a function that is made anew means the same
  const likely = useMemo(() => (shown ? (props.likely?.() ?? []) : []), [shown, place.reach]);
  const rows = useMemo(
    () => (shown ? pathRows({ reach: place.reach, text: text ?? '', open, likely }) : []),
    [shown, place.reach, text, open, likely],
  );
  const pick = (picked: string) => {
    setShown(false);
    setText(undefined);
    props.onPick(picked);
  };
  const literal = rows.length === 0 && text?.trim() ? text.trim() : undefined;
  const takeLiteral = () => {
    if (literal === undefined) return;
    setShown(false);
    setText(undefined);
    props.onLiteral?.(literal);
  };
  const toggle = ({ path: at }: PathRow) =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(at)) next.add(at);
      return next;
    });
  const onKey = (event: KeyboardEvent) => {
    const row = rows[active];
    const move = (to: number) => {
      event.preventDefault();
      setShown(true);
      setActive(Math.max(0, Math.min(rows.length - 1, to)));
    };
    if (event.key === 'ArrowDown') move(shown ? active + 1 : 0);
    else if (event.key === 'ArrowUp') move(active - 1);
    else if (event.key === 'ArrowRight' && row?.hasChildren && !row.open) {
      event.preventDefault();
      toggle(row);
    } else if (event.key === 'ArrowLeft' && row?.open) {
      event.preventDefault();
      toggle(row);
    } else if (event.key === 'Enter' && shown && row !== undefined) {
      event.preventDefault();
      pick(row.path);
    } else if (event.key === 'Enter' && literal !== undefined) {
      event.preventDefault();
      takeLiteral();
    } else if (event.key === 'Escape' && shown) {
      event.preventDefault();
      event.stopPropagation();
      setShown(false);
      setText(undefined);
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only sees the focus leave
    <div
      ref={box}
      className="heddle-i-path-picker"
      onBlur={(event) => {
        if (box.current?.contains(event.relatedTarget)) return;
        if (literal !== undefined && props.onLiteral) return takeLiteral();
        setShown(false);
        setText(undefined);
        if (path === '') props.onCancel?.();
      }}
    >
      <Input
        id={props.id}
        role="combobox"
        aria-expanded={shown}
        aria-controls={listId}
        aria-haspopup="tree"
        aria-autocomplete="list"
        {...(shown && rows[active] ? { 'aria-activedescendant': `${listId}-${active}` } : {})}
        autoComplete="off"
        spellCheck={false}
        className="heddle-i-path-input"
        autoFocus={props.autoFocus ?? false}
        value={text ?? path}
        placeholder={t(props.onLiteral ? 'path.placeholder' : 'path.pick')}
        disabled={props.disabled}
        onFocus={(event) => {
          // What is typed next is searched for, not added to the path that is there.
          event.target.select();
          setShown(true);
        }}
        onClick={() => setShown(true)}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
          setShown(true);
        }}
        onKeyDown={onKey}
      />
      {shown ? (
        <PathList
          id={listId}
          label={props.label}
          rows={rows}
          active={active}
          place={place}
          onPick={pick}
          onToggle={toggle}
          {...(literal !== undefined && props.onLiteral ? { literal, onLiteral: takeLiteral } : {})}
        />
      ) : null}
    </div>
  );
}
