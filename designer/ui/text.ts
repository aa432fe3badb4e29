import { usePreferences } from './preferences.ts';

/** The words of a `Text` (a string, or one per language) in a language; falls back to another one that there is. */
export function textIn(text: unknown, language: string): string | undefined {
  if (typeof text === 'string') return text === '' ? undefined : text;
  if (text === null || typeof text !== 'object' || Array.isArray(text)) return undefined;
  const words = text as { readonly [language: string]: unknown };
  const found = [words[language], words[`${language}-CN`], words['en'], ...Object.values(words)].find(
    (word) => typeof word === 'string' && word !== '',
  );
  return found as string | undefined;
}

/** `textIn` in the language that is shown. */
export function useText(): (text: unknown) => string | undefined {
  const language = usePreferences((state) => state.language);
  return (text) => textIn(text, language);
}
