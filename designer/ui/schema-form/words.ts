import { replaceStringParameters, TranslatableString } from '@rjsf/utils';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

/** What the form itself says, in the language that is shown. */
export function useWords(): (text: TranslatableString, parameters?: string[]) => string {
  const { t } = useTranslation('services');
  return useMemo(() => {
    const words: Partial<Record<TranslatableString, string>> = {
      [TranslatableString.ArrayItemTitle]: t('form.item'),
      [TranslatableString.AddButton]: t('form.add'),
      [TranslatableString.AddItemButton]: t('form.add'),
      [TranslatableString.EmptyArray]: t('form.empty'),
      [TranslatableString.RemoveButton]: t('form.remove'),
      [TranslatableString.MoveUpButton]: t('form.up'),
      [TranslatableString.MoveDownButton]: t('form.down'),
      [TranslatableString.CopyButton]: t('form.copy'),
      [TranslatableString.YesLabel]: t('form.yes'),
      [TranslatableString.NoLabel]: t('form.no'),
      [TranslatableString.NewStringDefault]: '',
      [TranslatableString.KeyLabel]: t('form.key'),
      [TranslatableString.ClearButton]: t('form.clear'),
      [TranslatableString.ClearLabel]: t('form.clear'),
      [TranslatableString.OptionPrefix]: t('form.option'),
      [TranslatableString.TitleOptionPrefix]: t('form.titleOption'),
      [TranslatableString.OptionalObjectAdd]: t('form.add'),
      [TranslatableString.OptionalObjectRemove]: t('form.remove'),
      [TranslatableString.OptionalObjectEmptyMsg]: t('form.empty'),
      [TranslatableString.Type]: t('form.type'),
      [TranslatableString.Value]: t('form.value'),
    };
    return (text, parameters) => replaceStringParameters(words[text] ?? text, parameters);
  }, [t]);
}
