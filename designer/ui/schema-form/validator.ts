import {
  createErrorHandler,
  getDefaultFormState,
  type RJSFSchema,
  type RJSFValidationError,
  toErrorSchema,
  unwrapErrorHandler,
  type ValidatorType,
  validationDataMerge,
} from '@rjsf/utils';
import { Check, Errors } from 'typebox/schema';
import { Locale, Settings } from 'typebox/system';
import type { Language } from '../preferences.ts';

// Compiled checks would need eval, which the page's content security policy forbids.
Settings.Set({ useAcceleration: false });

interface Fault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: { readonly [name: string]: unknown };
  readonly message: string;
}

/** Members that are undefined are not there. */
const clean = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

/** A part of a schema together with the definitions that it may refer to. */
function within(schema: RJSFSchema, root: RJSFSchema | undefined): RJSFSchema {
  if (root === undefined || root === schema) return schema;
  const { definitions, $defs } = root;
  return { ...(definitions ? { definitions } : {}), ...($defs ? { $defs } : {}), ...schema };
}

function faultsOf(schema: RJSFSchema, value: unknown): Fault[] {
  // TypeBox takes any JSON Schema; its types speak of its own.
  const [ok, faults] = Errors(schema as never, clean(value) as never) as unknown as [boolean, Fault[]];
  return ok ? [] : faults;
}

/** A missing member is a fault of the member, so that it shows beside its field. */
function errorsOf(faults: readonly Fault[], value: unknown): RJSFValidationError[] {
  return faults.flatMap((fault) => {
    const path = fault.instancePath
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (fault.keyword === 'type' && valueAt(value, path) === null)
      return [errorAt(path, { ...fault, keyword: 'required' })];
    const missing =
      fault.keyword === 'required' ? (fault.params['requiredProperties'] as string[] | undefined) : undefined;
    const places = missing?.map((name) => [...path, name]) ?? [path];
    return places.map((place) => errorAt(place, fault));
  });
}

const errorAt = (place: readonly string[], fault: Fault): RJSFValidationError => ({
  name: fault.keyword,
  property: place.length > 0 ? `.${place.join('.')}` : '',
  message: fault.message,
  params: fault.params,
  stack: `${place.join('.')} ${fault.message}`,
  schemaPath: fault.schemaPath,
});

/** Null also where there is nothing: an item of a list that has not been filled in. */
function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (at as { readonly [name: string]: unknown } | null)?.[part] ?? null,
    clean(value),
  );
}

/** Validates forms by TypeBox's interpreter: no eval, and messages in the language that is shown. */
export function validatorIn(language: Language): ValidatorType {
  Locale.Set(language === 'zh' ? Locale.zh_Hans : Locale.en_US);
  return {
    isValid: (schema, value, root) => {
      try {
        return Check(within(schema, root) as never, clean(value) as never);
      } catch {
        // A schema that TypeBox cannot read fits nothing; the engine has the last word on it.
        return false;
      }
    },
    rawValidation: (schema, value) => ({ errors: faultsOf(schema, value) as never }),
    validateFormData(value, schema, custom, transform, uiSchema) {
      const found = errorsOf(faultsOf(schema, value), value);
      const errors = transform ? transform(found, uiSchema) : found;
      const errorSchema = toErrorSchema(errors);
      if (!custom) return { errors, errorSchema };
      const full = getDefaultFormState(this, schema, value, schema, true) as never;
      const handler = custom(full, createErrorHandler(full), uiSchema, errorSchema as never);
      return validationDataMerge({ errors, errorSchema }, unwrapErrorHandler(handler));
    },
  };
}
