import { ImportOutlined } from '@ant-design/icons';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { Importer } from './importer.tsx';
import { type Place, placeOf } from './place.ts';
import { Secrets } from './secrets.tsx';
import { ServiceTable } from './service-table.tsx';
import '../ui/rows.css';
import './services.css';

/** Services with what goes on, the secrets that they need, and a way to import more. */
export function ServicesPage() {
  const { t } = useTranslation('services');
  const { tab } = placeOf(useSearch({ strict: false }));
  const navigate = useNavigate();
  const go = (to: Place['tab']) => void navigate({ to: '/app/services', search: to === 'services' ? {} : { tab: to } });
  if (tab === 'import') return <Importer onClose={() => go('services')} />;
  return (
    <div className="heddle-page">
      <div className="heddle-page-head">
        <h1>{t('title')}</h1>
        <Segmented
          aria-label={t('tabs')}
          value={tab}
          options={(['services', 'secrets'] as const).map((value) => ({ value, label: t(`tab.${value}`) }))}
          onChange={go}
        />
        <Button type="primary" icon={<ImportOutlined aria-hidden="true" />} onClick={() => go('import')}>
          {t('importer.open')}
        </Button>
      </div>
      {tab === 'services' ? <ServiceTable /> : <Secrets />}
    </div>
  );
}
