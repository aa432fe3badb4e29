import type { editor } from 'monaco-editor/editor';
import { useEffect, useRef } from 'react';
import type { TrialPlace } from '../model/data-sample.ts';
import { useDark } from '../ui/theme.tsx';
import { Echo } from './echo.ts';
import { FORMULA, setPlace } from './formula-language.ts';
import type { FormulaReading } from './formula-text.ts';
import { commonOptions, monaco, showTheme } from './monaco.ts';

const minHeight = 30;
const maxHeight = 220;

/** The editor of a formula: as high as its text, with the keys of a field (Tab goes on to the next one). */
export function FormulaBox(props: {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly reading: FormulaReading;
  readonly place: TrialPlace;
  readonly disabled: boolean;
  readonly takeFocus: boolean;
  readonly onText: (text: string) => void;
  readonly onBlur: () => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const made = useRef<editor.IStandaloneCodeEditor>(undefined);
  const echo = useRef(new Echo());
  const latest = useRef(props);
  latest.current = props;
  const dark = useDark();
  useEffect(() => showTheme(dark), [dark]);
  useEffect(() => {
    if (box.current === null) return;
    const { text, label, disabled, takeFocus } = latest.current;
    const model = monaco.editor.createModel(text, FORMULA);
    setPlace(model, () => latest.current.place);
    const created = monaco.editor.create(box.current, {
      ...commonOptions,
      model,
      readOnly: disabled,
      ariaLabel: label,
      lineNumbers: 'off',
      glyphMargin: false,
      folding: false,
      lineDecorationsWidth: 6,
      lineNumbersMinChars: 0,
      overviewRulerLanes: 0,
      renderLineHighlight: 'none',
      wordWrap: 'on',
      contextmenu: false,
      tabFocusMode: true,
      padding: { top: 5, bottom: 5 },
      scrollbar: { alwaysConsumeMouseWheel: false },
      suggest: { showWords: false, showStatusBar: false },
      wordBasedSuggestions: 'off',
      quickSuggestions: { other: true, strings: false, comments: false },
    });
    made.current = created;
    const fit = () => {
      const height = Math.min(maxHeight, Math.max(minHeight, created.getContentHeight()));
      if (box.current) box.current.style.height = `${height}px`;
      created.layout();
    };
    const listening = [
      created.onDidContentSizeChange(fit),
      created.onDidChangeModelContent(() => {
        const text = created.getValue();
        echo.current.send(text);
        latest.current.onText(text);
      }),
      created.onDidBlurEditorWidget(() => latest.current.onBlur()),
    ];
    fit();
    if (takeFocus) {
      created.focus();
      created.setPosition(model.getPositionAt(text.length));
    }
    return () => {
      for (const one of listening) one.dispose();
      created.dispose();
      model.dispose();
      made.current = undefined;
    };
  }, []);
  useEffect(() => {
    const created = made.current;
    if (created && !echo.current.returns(props.text) && created.getValue() !== props.text) created.setValue(props.text);
  }, [props.text]);
  useEffect(
    () => made.current?.updateOptions({ readOnly: props.disabled, ariaLabel: props.label }),
    [props.disabled, props.label],
  );
  useEffect(() => {
    const model = made.current?.getModel();
    if (!model) return;
    const markers = props.reading.marks.map(({ message, from, to, severity }) => {
      const [start, end] = [model.getPositionAt(from), model.getPositionAt(to)];
      return {
        message,
        severity: severity === 'error' ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
        startLineNumber: start.lineNumber,
        startColumn: start.column,
        endLineNumber: end.lineNumber,
        endColumn: end.column,
      };
    });
    monaco.editor.setModelMarkers(model, FORMULA, markers);
  }, [props.reading]);
  return <div ref={box} className="heddle-formula-box" />;
}
