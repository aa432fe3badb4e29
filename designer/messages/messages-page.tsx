import { useNavigate, useSearch } from '@tanstack/react-router';
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMessageFigures } from '../api/messages.ts';
import { Failed, Loading } from '../ui/pending.tsx';
import { Letters } from './letters.tsx';
import { type Place, placeOf, type Tab, tabs } from './place.ts';
import { Preview } from './preview.tsx';
import { Readers } from './readers.tsx';
import { Scheduled } from './scheduled.tsx';
import '../ui/rows.css';
import './messages.css';

/** Messages of brokers: who reads and sends them, what could not be taken, what is to be sent later. */
export function MessagesPage() {
  const { t } = useTranslation('messages');
  const place = placeOf(useSearch({ strict: false }));
  const navigate = useNavigate();
  const go = (next: Place) => void navigate({ to: '/app/messages', search: { ...next }, replace: true });
  const { data, error, refetch } = useMessageFigures();
  if (error && !data) return <Failed error={error} reset={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  const labelOf = (tab: Tab) =>
    tab === 'letters' && data.dead > 0 ? `${t('tab.letters')} (${data.dead})` : t(`tab.${tab}`);
  return (
    <div className="heddle-page">
      <div className="heddle-page-head">
        <h1>{t('title')}</h1>
        <Segmented
          aria-label={t('tabs')}
          value={place.tab}
          options={tabs.map((tab) => ({ value: tab, label: labelOf(tab) }))}
          onChange={(tab) => go({ tab })}
        />
      </div>
      {place.tab === 'readers' ? <Readers consumers={data.consumers} topics={data.topics} /> : null}
      {place.tab === 'letters' ? (
        <Letters picked={place.letter} onPick={(letter) => go({ tab: 'letters', letter })} />
      ) : null}
      {place.tab === 'scheduled' ? <Scheduled /> : null}
      {place.tab === 'preview' ? <Preview consumers={data.consumers} /> : null}
    </div>
  );
}
