import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from '../ui/preferences.ts';

const bundles = {
  en: () => import('./en/index.ts'),
  zh: () => import('./zh/index.ts'),
};

/** Makes a language the one that is shown; its texts are loaded the first time. Components follow by themselves. */
export async function showLanguage(language: Language): Promise<void> {
  const { texts } = await bundles[language]();
  if (!i18next.isInitialized) {
    await i18next.use(initReactI18next).init({
      lng: language,
      fallbackLng: false,
      resources: { [language]: texts },
      interpolation: { escapeValue: false },
    });
  }
  for (const [namespace, text] of Object.entries(texts))
    i18next.addResourceBundle(language, namespace, text, true, true);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}
