import { ClearOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useTrial } from '../editor/workbench.ts';

/** Forgets the result, once there is one. */
export function ClearTrial() {
  const { t } = useTranslation('simulate');
  const hasResult = useTrial((state) => state.result !== undefined);
  const clear = useTrial((state) => state.clear);
  if (!hasResult) return null;
  return <Button type="text" icon={<ClearOutlined />} aria-label={t('clear')} title={t('clear')} onClick={clear} />;
}

/** Why nothing was run. */
export function TrialFailure({ message }: { readonly message: string | undefined }) {
  if (message === undefined) return null;
  return (
    <div className="heddle-wrong" role="alert">
      {message}
    </div>
  );
}
