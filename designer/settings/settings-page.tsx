import { Input, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../api/system.ts';
import { Labelled } from '../ui/labelled.tsx';
import { type Language, type ThemeMode, usePreferences } from '../ui/preferences.ts';
import { useFormat } from '../ui/use-format.ts';
import '../ui/rows.css';
import './settings.css';

const themes: readonly ThemeMode[] = ['light', 'dark', 'system'];
const languages: readonly Language[] = ['en', 'zh'];

/** What this browser remembers, and what engine it talks to. */
export function SettingsPage() {
  const { t } = useTranslation('settings');
  const { language, theme, user, set } = usePreferences();
  return (
    <div className="heddle-page heddle-settings">
      <div className="heddle-page-head">
        <h1>{t('title')}</h1>
      </div>
      <section className="heddle-card">
        <h2>{t('look')}</h2>
        <div className="heddle-setting">
          <span id="setting-language">{t('language.label')}</span>
          <Segmented
            aria-labelledby="setting-language"
            value={language}
            options={languages.map((value) => ({ value, label: t(`language.${value}`) }))}
            onChange={(value) => set({ language: value })}
          />
        </div>
        <div className="heddle-setting">
          <span id="setting-theme">{t('theme.label')}</span>
          <Segmented
            aria-labelledby="setting-theme"
            value={theme}
            options={themes.map((value) => ({ value, label: t(`theme.${value}`) }))}
            onChange={(value) => set({ theme: value })}
          />
        </div>
      </section>
      <section className="heddle-card">
        <h2>{t('you')}</h2>
        <Labelled label={t('user')}>
          {(id) => (
            <Input
              id={id}
              maxLength={64}
              autoComplete="username"
              placeholder={t('userHint')}
              value={user}
              onChange={(event) => set({ user: event.target.value.trimStart() })}
            />
          )}
        </Labelled>
        <p className="heddle-faint">{t('userHelp')}</p>
      </section>
      <About />
    </div>
  );
}

function About() {
  const { t } = useTranslation('settings');
  const format = useFormat();
  const { data, error } = useEngine();
  return (
    <section className="heddle-card">
      <h2>{t('about')}</h2>
      <dl className="heddle-facts">
        <dt>{t('version')}</dt>
        <dd>{data?.version}</dd>
        <dt>{t('health')}</dt>
        <dd>
          {error ? <span className="heddle-bad">{t('unreachable')}</span> : null}
          {data ? (data.ready ? t('ready') : `${t('notReady')} ${data.reason ?? ''}`) : null}
        </dd>
        <dt>{t('activeRuns')}</dt>
        <dd>{data ? format.number(data.activeRuns) : null}</dd>
      </dl>
      <p className="heddle-links">
        <a href="/docs">{t('docs')}</a>
        <a href="/openapi.json">{t('openapi')}</a>
        <a href="/schemas/flow.json">{t('schema')}</a>
        <a href="/metrics">{t('metrics')}</a>
      </p>
    </section>
  );
}
