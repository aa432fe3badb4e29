import type { JsonObject } from '@heddle/engine/errors';

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
