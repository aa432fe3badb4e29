import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Words } from '../model/graph-text.ts';

/** The words that stand on edges, in the language that is shown. */
export function useWords(): Words {
  const { t, i18n } = useTranslation('canvas');
  const language = i18n.language === 'zh' ? 'zh' : 'en';
  return useMemo(() => ({ language, otherwise: t('otherwise'), anyError: t('anyError') }), [language, t]);
}
