import { Button, Spin } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { Empty } from './empty.tsx';

export function Loading() {
  const { t } = useTranslation('common');
  return (
    <div role="status" aria-label={t('loading')} style={{ padding: '20vh 0', textAlign: 'center' }}>
      <Spin />
    </div>
  );
}

/** A page or query that could not be loaded: why, and a button to try again. */
export function Failed({ error, reset }: { readonly error: unknown; readonly reset?: () => void }) {
  const { t } = useTranslation('common');
  const offline = error instanceof ApiError && error.status === 0;
  return (
    <Empty
      title={offline ? t('offline') : t('failed')}
      body={error instanceof ApiError ? `${error.code}: ${error.message}` : String(error)}
    >
      <Button onClick={() => (reset ? reset() : location.reload())}>{t('retry')}</Button>
    </Empty>
  );
}
