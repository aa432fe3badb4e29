import type { Problem } from '@heddle/engine/errors';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { FormField } from '../model/fields.ts';
import { type PropertyPath, partOf, toPointer } from '../model/value.ts';
import { useLabels } from './labels.ts';
import { useScene, type WidgetProps } from './scene.ts';

/** One field of a form: its label, the widget that its schema asks for, and what is wrong with it. */
export function Field(props: {
  readonly field: FormField;
  readonly path: PropertyPath;
  readonly value: WidgetProps['value'];
  readonly label?: string;
}) {
  const { field, path, value } = props;
  const labels = useLabels();
  const { widgets } = useScene();
  const id = useId();
  const Widget = widgets[field.widget] ?? widgets['json'];
  if (Widget === undefined) return null;
  return <Widget field={field} path={path} value={value} label={props.label ?? labels(field.name)} id={id} />;
}

/** The fields of an object, one below the other. */
export function Fields(props: {
  readonly fields: readonly FormField[];
  readonly path: PropertyPath;
  readonly value: WidgetProps['value'];
}) {
  return props.fields.map((field) => (
    <Field
      key={field.name}
      field={field}
      path={[...props.path, field.name]}
      value={partOf(props.value, [field.name])}
    />
  ));
}

/** The frame of a widget: a label with what belongs beside it, the control, problems. */
export function Row(props: {
  readonly id: string;
  readonly label: ReactNode;
  readonly required?: boolean;
  readonly path: PropertyPath;
  /** Beside the label, at its end. */
  readonly aside?: ReactNode;
  /** What is wrong with parts of the value is shown by those parts. */
  readonly deep?: boolean;
  /** The control is a group with labels of its own. */
  readonly group?: boolean;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation('inspector');
  const name = (
    <>
      {props.label}
      {props.required ? (
        <span className="heddle-i-required" role="img" aria-label={t('required')}>
          {'*'}
        </span>
      ) : null}
    </>
  );
  const body = (
    <>
      <div className="heddle-i-field-head">
        {props.group ? <span id={props.id}>{name}</span> : <label htmlFor={props.id}>{name}</label>}
        <span className="heddle-i-field-aside">{props.aside}</span>
      </div>
      {props.children}
      <Problems path={props.path} deep={props.deep ?? false} />
    </>
  );
  return props.group ? (
    <fieldset className="heddle-i-field" aria-labelledby={props.id}>
      {body}
    </fieldset>
  ) : (
    <div className="heddle-i-field">{body}</div>
  );
}

/** What is wrong with a value; not what is wrong inside it, unless `deep`. */
function Problems({ path, deep }: { readonly path: PropertyPath; readonly deep: boolean }) {
  const { problems } = useScene();
  const pointer = toPointer(path);
  const own = problems.filter(
    (problem) => problem.pointer === pointer || (deep && problem.pointer.startsWith(`${pointer}/`)),
  );
  return <ProblemList problems={own} />;
}

export function ProblemList({ problems }: { readonly problems: readonly Problem[] }) {
  if (problems.length === 0) return null;
  return (
    <ul className="heddle-i-field-problems">
      {problems.map(({ pointer, code, message, severity }) => (
        <li key={`${pointer} ${code} ${message}`} data-severity={severity ?? 'error'}>
          {message}
        </li>
      ))}
    </ul>
  );
}
