import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type Language = 'en' | 'zh';
export type ThemeMode = 'light' | 'dark' | 'system';

interface Preferences {
  readonly language: Language;
  readonly theme: ThemeMode;
  readonly user: string;
  /** The tour has been seen or dismissed. */
  readonly toured: boolean;
  readonly set: (change: Partial<Pick<Preferences, 'language' | 'theme' | 'user' | 'toured'>>) => void;
}

/** What this browser remembers of its user. */
export const usePreferences = create<Preferences>()(
  persist(
    (set) => ({
      language: navigator.language.startsWith('zh') ? 'zh' : 'en',
      theme: 'system',
      user: '',
      toured: false,
      set: (change) => set(change),
    }),
    { name: 'heddle-preferences' },
  ),
);
