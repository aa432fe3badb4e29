import { AreaChartOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ToCome } from './to-come.tsx';

/** Charts are to come; until then this page says where the figures are. */
export function MonitorPage() {
  const { t } = useTranslation('monitor');
  return (
    <ToCome
      icon={<AreaChartOutlined aria-hidden="true" />}
      title={t('monitor.title')}
      body={t('monitor.body')}
      now={t('now')}
    >
      <li>
        <Link to="/app/services">{t('monitor.services')}</Link>
        {t('monitor.servicesHelp')}
      </li>
      <li>
        <Link to="/app/runs" search={{ status: 'needs-operator' }}>
          {t('monitor.operator')}
        </Link>
        {t('monitor.operatorHelp')}
      </li>
      <li>
        <a href="/metrics">{t('monitor.metrics')}</a>
        {t('monitor.metricsHelp')}
      </li>
    </ToCome>
  );
}
