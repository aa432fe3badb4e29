import { MessageOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ToCome } from './to-come.tsx';

/** Brokers are to come; until then this page says how events reach runs now. */
export function MessagesPage() {
  const { t } = useTranslation('monitor');
  return (
    <ToCome
      icon={<MessageOutlined aria-hidden="true" />}
      title={t('messages.title')}
      body={t('messages.body')}
      now={t('now')}
    >
      <li>
        <Link to="/app/runs" search={{ status: 'waiting' }}>
          {t('messages.waiting')}
        </Link>
        {t('messages.waitingHelp')}
      </li>
      <li>
        <a href="/docs">{t('messages.publish')}</a>
        {t('messages.publishHelp')}
      </li>
    </ToCome>
  );
}
