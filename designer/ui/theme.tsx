import { ConfigProvider, theme } from 'antd';
import type { Locale } from 'antd/es/locale';
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { type Language, usePreferences } from './preferences.ts';

const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');

const locales: Record<Language, () => Promise<{ default: Locale }>> = {
  en: () => import('antd/es/locale/en_US'),
  zh: () => import('antd/es/locale/zh_CN'),
};

/** Whether the dark theme is in force: as chosen, else as the system says. */
export function useDark(): boolean {
  const mode = usePreferences((state) => state.theme);
  const system = useSyncExternalStore(
    (changed) => {
      prefersDark.addEventListener('change', changed);
      return () => prefersDark.removeEventListener('change', changed);
    },
    () => prefersDark.matches,
  );
  return mode === 'system' ? system : mode === 'dark';
}

/** antd in our colours. The same tokens are CSS variables (`--ant-color-…`) for everything that is drawn by hand. */
export function Themed({ children }: { readonly children: ReactNode }) {
  const dark = useDark();
  const language = usePreferences((state) => state.language);
  const [locale, setLocale] = useState<Locale>();
  useEffect(() => {
    let wanted = true;
    void locales[language]().then((loaded) => wanted && setLocale(loaded.default));
    return () => {
      wanted = false;
    };
  }, [language]);
  useEffect(() => {
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  }, [dark]);
  return (
    <ConfigProvider
      {...(locale ? { locale } : {})}
      button={{ autoInsertSpace: false }}
      theme={{
        algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
        cssVar: { key: 'heddle' },
        token: {
          colorPrimary: dark ? '#1f8f87' : '#17706a',
          colorInfo: dark ? '#62b5ec' : '#1b629e',
          colorLink: dark ? '#5cc0b8' : '#17706a',
          borderRadius: 6,
          fontSize: 14,
          fontFamily:
            'system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif',
          // The defaults of antd are too pale for small text (WCAG 2.2 AA wants 4.5 : 1).
          ...(dark
            ? {
                colorTextTertiary: 'rgba(255,255,255,0.62)',
                colorTextDescription: 'rgba(255,255,255,0.65)',
                colorTextPlaceholder: 'rgba(255,255,255,0.55)',
                colorError: '#ff6b6b',
                colorBgLayout: '#0b0e0e',
                colorBgContainer: '#151a1a',
                colorBgElevated: '#1d2424',
                colorPrimaryBg: '#12312f',
                colorPrimaryBgHover: '#17423f',
                colorPrimaryBorder: '#2a6a65',
              }
            : {
                colorTextTertiary: 'rgba(0,0,0,0.60)',
                colorTextDescription: 'rgba(0,0,0,0.62)',
                colorTextPlaceholder: 'rgba(0,0,0,0.56)',
                colorError: '#c8252c',
                colorSuccess: '#2b7a1f',
                colorWarning: '#a35a00',
                colorPrimaryBg: '#e4f3f1',
                colorPrimaryBgHover: '#d2ebe8',
                colorPrimaryBorder: '#93cbc5',
                colorErrorBg: '#fdeeee',
                colorErrorBorder: '#f0b5b7',
                colorSuccessBg: '#edf7ea',
                colorWarningBg: '#fff4e2',
              }),
          motionDurationMid: '0.12s',
          motionDurationSlow: '0.16s',
        },
      }}
    >
      <div className="heddle-root heddle">{children}</div>
    </ConfigProvider>
  );
}
