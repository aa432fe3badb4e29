import type { Ref } from 'react';

export interface SchemaForm {
  /** Shows what is wrong beside the fields. @returns whether nothing is */
  validate(): boolean;
}

export interface SchemaFieldsProps {
  /** JSON Schema of the value. */
  readonly schema: object;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly readOnly?: boolean;
  /** Begins the ids of the fields; needed where two forms are on one page. */
  readonly idPrefix?: string;
  readonly form?: Ref<SchemaForm>;
}
