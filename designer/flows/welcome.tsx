import { CloseOutlined, CompassOutlined } from '@ant-design/icons';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { usePreferences } from '../ui/preferences.ts';
import { useText } from '../ui/text.ts';
import type { FlowRow } from './flow-table.tsx';

const SAMPLES = 4;

/** For who comes the first time: what this is, samples to look at, and a tour. */
export function Welcome({ rows }: { readonly rows: readonly FlowRow[] }) {
  const { t } = useTranslation('flows');
  const say = useText();
  const set = usePreferences((state) => state.set);
  const navigate = useNavigate();
  const samples = rows.filter((row) => row.published).slice(0, SAMPLES);
  const [first] = samples;
  return (
    <section className="heddle-welcome" aria-labelledby="welcome">
      <Button
        className="heddle-welcome-close"
        type="text"
        icon={<CloseOutlined />}
        aria-label={t('welcome.hide')}
        onClick={() => set({ toured: true })}
      />
      <h2 id="welcome">{t('welcome.title')}</h2>
      <p>{t('welcome.body')}</p>
      {first ? (
        <div className="heddle-welcome-row">
          <Button
            type="primary"
            icon={<CompassOutlined />}
            onClick={() =>
              void navigate({ to: '/app/designer/$flowId', params: { flowId: first.id }, search: { tour: true } })
            }
          >
            {t('welcome.tour')}
          </Button>
          <span className="heddle-faint">{t('welcome.samples')}</span>
          {samples.map((row) => (
            <Link key={row.id} to="/app/designer/$flowId" params={{ flowId: row.id }} className="heddle-chip">
              {say(row.title) ?? row.id}
            </Link>
          ))}
        </div>
      ) : null}
    </section>
  );
}
