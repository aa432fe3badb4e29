import { lazy, Suspense } from 'react';
import type { JsonEditorProps } from './json-props.ts';
import { prepareLanguage } from './prepare.ts';
import './formula.css';

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
