import { useTranslation } from 'react-i18next';
import { humanised } from '../model/fields.ts';

/** The name of a property in the language that is shown; made of the property's own name where there is no text for it. */
export function useLabels(): (name: string) => string {
  const { t } = useTranslation('inspector');
  // The texts are looked up by names that only the schema of a node type knows.
  return (name) => t(`names.${name}` as 'names.input', { defaultValue: humanised(name) });
}

/** What one item of a list is called: a `when` holds cases. */
export function useItemLabels(): (name: string, label: string) => string {
  const { t } = useTranslation('inspector');
  return (name, label) => t(`ones.${name}` as 'ones.when', { defaultValue: label });
}

/** A value of a choice, such as `exponential`, in the language that is shown. */
export function useChoiceLabels(): (value: string) => string {
  const { t } = useTranslation('inspector');
  return (value) => t(`choices.${value}` as 'choices.all', { defaultValue: value });
}
