import type { JsonObject } from '@heddle/engine/errors';
import { lazy, Suspense } from 'react';
import { prepareLanguage } from './prepare.ts';
import './formula.css';

/** Something to be marked in a text. */
export interface JsonMarker {
  readonly message: string;
  /** Line and column begin at 1. */
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
}

export interface JsonEditorProps {
  readonly value: string;
  /** For completion, explanations and validation. */
  readonly schema?: JsonObject;
  readonly readOnly?: boolean;
  readonly label?: string;
  readonly markers?: readonly JsonMarker[];
  readonly onChange: (text: string) => void;
}

const JsonBox = lazy(async () => {
  await prepareLanguage();
  return { default: (await import('./json-box.tsx')).JsonBox };
});

/** JSON as text. It fills what it stands in. Plain until the editor has been fetched. */
export function JsonEditor(props: JsonEditorProps) {
  return (
    <Suspense
      fallback={
        <textarea
          className="heddle-json-plain"
          aria-label={props.label}
          spellCheck={false}
          value={props.value}
          readOnly={props.readOnly}
          onChange={(event) => props.onChange(event.target.value)}
        />
      }
    >
      <JsonBox {...props} />
    </Suspense>
  );
}
