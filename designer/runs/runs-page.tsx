import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRuns } from '../api/runs.ts';
import { Empty } from '../ui/empty.tsx';
import { Failed, Loading } from '../ui/pending.tsx';
import { RunFilters } from './run-filters.tsx';
import { RunTable } from './run-table.tsx';
import { changed, hasFilters, queryOf } from './search.ts';
import '../ui/rows.css';
import './runs.css';

const PAGE = 50;
const EVERY_MS = 4_000;

/** All runs, newest first. The address says what is shown, so that it can be shared. */
export function RunsPage() {
  const { t } = useTranslation('runs');
  const search = useSearch({ from: '/app/runs' });
  const navigate = useNavigate({ from: '/app/runs' });
  const address = JSON.stringify(search);
  const { data, error, refetch } = useRuns([search], () => queryOf(search, PAGE, Date.now()), EVERY_MS);
  // Runs that begin while somebody reads are counted, not pushed in above what they read.
  const [seen, setSeen] = useState<{ readonly address: string; readonly top: string }>();
  const isFirst = !search['before'] && !search['after'];
  const newest = data?.runs[0]?.id;
  const top = seen?.address === address ? seen.top : undefined;
  if (isFirst && newest !== undefined && top === undefined) setSeen({ address, top: newest });
  const runs = data?.runs ?? [];
  const shown = isFirst && top !== undefined ? runs.filter(({ id }) => id <= top) : runs;
  const fresh = runs.length - shown.length;
  const go = (change: Parameters<typeof changed>[1]) => navigate({ search: changed(search, change) });
  if (error && !data) return <Failed error={error} reset={() => void refetch()} />;
  return (
    <div className="heddle-page">
      <div className="heddle-page-head">
        <h1>{t('title')}</h1>
        {fresh > 0 && newest !== undefined ? (
          <Button type="primary" ghost onClick={() => setSeen({ address, top: newest })} aria-live="polite">
            {t('newRuns', { count: fresh })}
          </Button>
        ) : null}
      </div>
      <RunFilters search={search} onChange={(change) => void go(change)} />
      {data === undefined ? <Loading /> : null}
      {shown.length > 0 ? <RunTable runs={shown} /> : null}
      {data !== undefined && shown.length === 0 ? (
        <Empty
          title={hasFilters(search) ? t('noMatch.title') : t('none.title')}
          body={hasFilters(search) ? t('noMatch.body') : t('none.body')}
        />
      ) : null}
      <div className="heddle-pager">
        <Button
          icon={<LeftOutlined aria-hidden="true" />}
          disabled={isFirst || data?.previous === undefined}
          onClick={() => void go({ after: data?.previous })}
        >
          {t('newer')}
        </Button>
        <Button
          icon={<RightOutlined aria-hidden="true" />}
          iconPlacement="end"
          disabled={data?.next === undefined}
          onClick={() => void go({ before: data?.next })}
        >
          {t('older')}
        </Button>
      </div>
    </div>
  );
}
