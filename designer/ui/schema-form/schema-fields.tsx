import { lazy, Suspense } from 'react';
import { Loading } from '../pending.tsx';
import type { SchemaFieldsProps } from './form-props.ts';

const Fields = lazy(async () => ({ default: (await import('./fields.tsx')).Fields }));

/** A form that a JSON Schema describes. What draws it is loaded when the first form is shown. */
export function SchemaFields(props: SchemaFieldsProps) {
  return (
    <Suspense fallback={<Loading />}>
      <Fields {...props} />
    </Suspense>
  );
}
