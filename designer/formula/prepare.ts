import { usePreferences } from '../ui/preferences.ts';

/** Fetches the editor's own texts where they are not English. It reads them once, when its code is loaded. */
export async function prepareLanguage(): Promise<void> {
  if (usePreferences.getState().language === 'zh') await import('monaco-editor/nls/lang/zh-cn');
}
