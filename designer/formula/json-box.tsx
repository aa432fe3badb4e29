import type { editor } from 'monaco-editor/editor';
import { useEffect, useId, useRef } from 'react';
import { useDark } from '../ui/theme.tsx';
import { Echo } from './echo.ts';
import type { JsonEditorProps } from './json-props.ts';
import { commonOptions, jsonDefaults, monaco, showTheme } from './monaco.ts';

/** Schemas of the editors that are open, by the address of their text. */
const schemas = new Map<string, object>();

function announce(): void {
  jsonDefaults.setDiagnosticsOptions({
    validate: true,
    allowComments: false,
    schemas: [...schemas].map(([uri, schema]) => ({ uri: `${uri}.schema`, fileMatch: [uri], schema })),
  });
}

export function JsonBox(props: JsonEditorProps) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const made = useRef<editor.IStandaloneCodeEditor>(undefined);
  const echo = useRef(new Echo());
  const latest = useRef(props);
  latest.current = props;
  const uri = `inmemory://heddle/${id.replaceAll(/\W/g, '')}.json`;
  const dark = useDark();
  useEffect(() => showTheme(dark), [dark]);
  useEffect(() => {
    if (props.schema === undefined) return;
    schemas.set(uri, props.schema);
    announce();
    return () => {
      schemas.delete(uri);
      announce();
    };
  }, [uri, props.schema]);
  useEffect(() => {
    if (box.current === null) return;
    const model = monaco.editor.createModel(latest.current.value, 'json', monaco.Uri.parse(uri));
    const created = monaco.editor.create(box.current, {
      ...commonOptions,
      model,
      readOnly: latest.current.readOnly ?? false,
      ariaLabel: latest.current.label ?? 'JSON',
    });
    made.current = created;
    const listening = created.onDidChangeModelContent(() => {
      const text = created.getValue();
      if (text === latest.current.value) return;
      echo.current.send(text);
      latest.current.onChange(text);
    });
    return () => {
      listening.dispose();
      created.dispose();
      model.dispose();
      made.current = undefined;
    };
  }, [uri]);
  useEffect(() => {
    const model = made.current?.getModel();
    if (!model || echo.current.returns(props.value) || model.getValue() === props.value) return;
    // An edit instead of a new text keeps the cursor and the history of undo.
    model.pushEditOperations([], [{ range: model.getFullModelRange(), text: props.value }], () => null);
  }, [props.value]);
  useEffect(() => made.current?.updateOptions({ readOnly: props.readOnly ?? false }), [props.readOnly]);
  useEffect(() => {
    const model = made.current?.getModel();
    if (!model) return;
    const markers = (props.markers ?? []).map(({ message, line, column, severity }) => ({
      message,
      severity: severity === 'error' ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
      startLineNumber: line,
      startColumn: column,
      endLineNumber: line,
      endColumn: model.getLineMaxColumn(Math.min(line, model.getLineCount())),
    }));
    monaco.editor.setModelMarkers(model, 'heddle', markers);
  }, [props.markers]);
  return <div ref={box} className="heddle-json-box" />;
}
