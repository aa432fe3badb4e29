import { lazy, type Ref, Suspense } from 'react';
import { Loading } from '../pending.tsx';

const Fields = lazy(async () => ({ default: (await import('./fields.tsx')).Fields }));

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

/** A form that a JSON Schema describes. What draws it is loaded when the first form is shown. */
export function SchemaFields(props: SchemaFieldsProps) {
  return (
    <Suspense fallback={<Loading />}>
      <Fields {...props} />
    </Suspense>
  );
}
