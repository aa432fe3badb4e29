import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from './empty.tsx';

export function NotFound() {
  const { t } = useTranslation('common');
  return (
    <Empty title={t('notFound.title')} body={t('notFound.body')}>
      <Link to="/">{t('notFound.back')}</Link>
    </Empty>
  );
}
