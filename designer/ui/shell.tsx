import {
  ApiOutlined,
  AreaChartOutlined,
  BranchesOutlined,
  CheckSquareOutlined,
  MessageOutlined,
  MoonOutlined,
  PlayCircleOutlined,
  SettingOutlined,
  SunOutlined,
  TranslationOutlined,
} from '@ant-design/icons';
import { Link, Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePreferences } from './preferences.ts';
import { useDark } from './theme.tsx';

const places = [
  { key: 'flows', to: '/', icon: <BranchesOutlined /> },
  { key: 'runs', to: '/app/runs', icon: <PlayCircleOutlined /> },
  { key: 'tasks', to: '/app/tasks', icon: <CheckSquareOutlined /> },
  { key: 'services', to: '/app/services', icon: <ApiOutlined /> },
  { key: 'messages', to: '/app/messages', icon: <MessageOutlined /> },
  { key: 'monitor', to: '/app/monitor', icon: <AreaChartOutlined /> },
  { key: 'settings', to: '/app/settings', icon: <SettingOutlined /> },
] as const;

/** Navigation at the left, the page beside it. */
export function Shell() {
  const { t } = useTranslation('common');
  const { language, set } = usePreferences();
  const dark = useDark();
  return (
    <div className="heddle-shell">
      <a className="heddle-skip" href="#main">
        {t('skip')}
      </a>
      <nav className="heddle-nav" aria-label={t('nav.main')}>
        <img className="heddle-nav-logo" src="/icon.svg" alt={t('product')} />
        {places.map(({ key, to, icon }) => (
          <Link key={key} to={to} activeOptions={{ exact: to === '/' }} activeProps={{ 'aria-current': 'page' }}>
            {icon}
            {t(`nav.${key}`)}
          </Link>
        ))}
        <span style={{ flex: 1 }} />
        <button
          type="button"
          onClick={() => set({ theme: dark ? 'light' : 'dark' })}
          aria-label={dark ? t('theme.toLight') : t('theme.toDark')}
          title={dark ? t('theme.toLight') : t('theme.toDark')}
        >
          {dark ? <SunOutlined /> : <MoonOutlined />}
        </button>
        <button
          type="button"
          lang={language === 'zh' ? 'en' : 'zh-CN'}
          onClick={() => set({ language: language === 'zh' ? 'en' : 'zh' })}
          aria-label={t('language.label')}
        >
          <TranslationOutlined />
          {t('language.switch')}
        </button>
      </nav>
      <main id="main" className="heddle-main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
