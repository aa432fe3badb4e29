import { Theme } from '@rjsf/antd';
import { withTheme } from '@rjsf/core';
import type { RJSFSchema, RJSFValidationError } from '@rjsf/utils';
import { useImperativeHandle, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreferences } from '../preferences.ts';
import type { SchemaFieldsProps } from './form-props.ts';
import { ArrayTemplate, FieldTemplate, ItemTemplate, ObjectTemplate } from './templates.tsx';
import { validatorIn } from './validator.ts';
import { useWords } from './words.ts';
import './schema-form.css';

const ThemedForm = withTheme({
  ...Theme,
  templates: {
    ...Theme.templates,
    FieldTemplate,
    ObjectFieldTemplate: ObjectTemplate,
    ArrayFieldTemplate: ArrayTemplate,
    ArrayFieldItemTemplate: ItemTemplate,
  },
});

const uiSchema = { 'ui:submitButtonOptions': { norender: true } };
/** What its author left open stays open: an optional part is not filled in to be complete. */
const defaults = { emptyObjectFields: 'populateRequiredDefaults' } as const;

/** Draws the fields by react-jsonschema-form with antd's widgets and our own frames. */
export function Fields({ schema, value, onChange, readOnly, idPrefix, form }: SchemaFieldsProps) {
  const language = usePreferences((state) => state.language);
  const validator = useMemo(() => validatorIn(language), [language]);
  const words = useWords();
  const { t } = useTranslation('services');
  const worded = (errors: RJSFValidationError[]) =>
    errors.map((error) => (error.name === 'required' ? { ...error, message: t('form.missing') } : error));
  const inner = useRef<{ validateForm: () => boolean }>(null);
  useImperativeHandle(form, () => ({ validate: () => inner.current?.validateForm() ?? true }), []);
  return (
    <ThemedForm
      // The type of its ref is the class of the form, of which one method is used.
      ref={inner as never}
      className="heddle-form"
      tagName="div"
      schema={schema as RJSFSchema}
      uiSchema={uiSchema}
      formData={value}
      validator={validator}
      idPrefix={idPrefix ?? 'form'}
      readonly={readOnly ?? false}
      showErrorList={false}
      noHtml5Validate
      translateString={words}
      transformErrors={worded}
      // Without it the form writes what is wrong to the console; it stands beside the fields.
      onError={() => {}}
      experimental_defaultFormStateBehavior={defaults}
      onChange={(change) => onChange(change.formData)}
    />
  );
}
