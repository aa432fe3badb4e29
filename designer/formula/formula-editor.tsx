import type { Json } from '@heddle/engine/errors';
import { lazy, Suspense, startTransition, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrialPlace } from '../model/data-sample.ts';
import { type FormulaReading, isSameRule, readFormula, textOfLogic } from './formula-text.ts';
import { prepareLanguage } from './prepare.ts';
import './formula.css';

export interface FormulaEditorProps {
  readonly id: string;
  readonly label: string;
  /** The rule; undefined before there is one. */
  readonly value: Json | undefined;
  readonly place: TrialPlace;
  readonly disabled: boolean;
  /** The author has just asked for a formula: the cursor goes into it. */
  readonly autoFocus?: boolean;
  /** Only rules that are right come here; half-typed text stays in the editor. */
  readonly onChange: (logic: Json) => void;
}

const QUIET_MS = 350;

/** Once the editor is there, every formula is shown in it; before, only one that somebody wants to change. */
let isFetched = false;

const FormulaBox = lazy(async () => {
  await prepareLanguage();
  const { FormulaBox: loaded } = await import('./formula-box.tsx');
  isFetched = true;
  return { default: loaded };
});

/** A formula with completion, types, and what is wrong with it as it is typed. The editor is fetched at the first touch. */
export function FormulaEditor(props: FormulaEditorProps) {
  const { t } = useTranslation('formula');
  const { value, place, onChange } = props;
  const written = useMemo(() => textOfLogic(value), [value]);
  const [text, setText] = useState(written.text);
  const [wanted, setWanted] = useState(isFetched || (props.autoFocus ?? false));
  /** The rule that the text stands for: one that comes from elsewhere replaces the text. */
  const mine = useRef(value);
  useEffect(() => {
    if (isSameRule(value, mine.current)) return;
    mine.current = value;
    setText(written.text);
  }, [value, written]);
  const reading = useMemo(
    () => (text.trim() === '' ? nothing : readFormula(text, place.reach, (path) => t('unknownPath', { path }))),
    [text, place.reach, t],
  );
  /** Whoever was typing when the editor came goes on typing in it. */
  const focused = useRef(props.autoFocus ?? false);
  const latest = useRef({ reading, onChange });
  latest.current = { reading, onChange };
  const flush = useRef(() => {
    const { reading: now, onChange: tell } = latest.current;
    if (!now.ok || isSameRule(now.logic, mine.current)) return;
    mine.current = now.logic;
    tell(now.logic);
  }).current;
  useEffect(() => {
    // A path that leads nowhere is most likely not typed to its end yet: it is taken when the field is left.
    if (!reading.ok || reading.marks.length > 0) return;
    const timer = setTimeout(flush, QUIET_MS);
    return () => clearTimeout(timer);
  }, [reading, flush]);
  useEffect(() => flush, [flush]);
  if (written.unwritable !== undefined && text === '') {
    return <p className="heddle-formula-note">{t('unwritable', { reason: written.unwritable })}</p>;
  }
  const plain = (
    <textarea
      id={props.id}
      className="heddle-formula-plain"
      rows={Math.min(6, Math.max(1, Math.ceil(text.length / 32)))}
      spellCheck={false}
      value={text}
      readOnly={props.disabled}
      onFocus={() => {
        focused.current = true;
        // As a transition, so that this field stays until the editor is there.
        startTransition(() => setWanted(true));
      }}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => {
        focused.current = false;
        flush();
      }}
    />
  );
  return (
    <div className="heddle-formula">
      <Suspense fallback={plain}>
        {wanted ? (
          <FormulaBox
            id={props.id}
            label={props.label}
            text={text}
            reading={reading}
            place={place}
            disabled={props.disabled}
            takeFocus={focused.current}
            onText={setText}
            onBlur={flush}
          />
        ) : (
          plain
        )}
      </Suspense>
      {reading.marks.map(({ message, from, severity }) => (
        <p key={`${from} ${message}`} className="heddle-formula-mark" data-severity={severity} role="status">
          {message}
        </p>
      ))}
    </div>
  );
}

const nothing: FormulaReading = { ok: false, marks: [] };
