import { PlusOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDrafts, useFlows } from '../api/flows.ts';
import { Empty } from '../ui/empty.tsx';
import { Failed, Loading } from '../ui/pending.tsx';
import { usePreferences } from '../ui/preferences.ts';
import { useText } from '../ui/text.ts';
import { type FlowRow, FlowTable } from './flow-table.tsx';
import { NewFlow } from './new-flow-form.tsx';
import { Welcome } from './welcome.tsx';
import './flows.css';

/** The first page: what there is, and how to begin. */
export function FlowsPage() {
  const { t } = useTranslation('flows');
  const say = useText();
  const { toured } = usePreferences();
  const flows = useFlows();
  const drafts = useDrafts();
  const [text, setText] = useState('');
  const [making, setMaking] = useState<{ readonly from?: string }>();
  if (flows.error ?? drafts.error)
    return <Failed error={flows.error ?? drafts.error} reset={() => void flows.refetch()} />;
  if (!flows.data || !drafts.data) return <Loading />;
  const rows = rowsOf(flows.data.flows, drafts.data.drafts);
  const wanted = text.trim().toLowerCase();
  const shown = rows.filter((row) => `${row.id} ${say(row.title) ?? ''}`.toLowerCase().includes(wanted));
  return (
    <div className="heddle-page">
      <div className="heddle-page-head">
        <h1>{t('title')}</h1>
        {rows.length > 6 ? (
          <Input.Search
            allowClear
            style={{ width: 240 }}
            placeholder={t('search')}
            aria-label={t('search')}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        ) : null}
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking({})} disabled={making !== undefined}>
          {t('new')}
        </Button>
      </div>
      {making ? <NewFlow rows={rows} {...making} onClose={() => setMaking(undefined)} /> : null}
      {toured || making ? null : <Welcome rows={rows} />}
      {rows.length === 0 ? <Empty title={t('none.title')} body={t('none.body')} /> : null}
      {shown.length > 0 ? <FlowTable rows={shown} onCopy={(from) => setMaking({ from })} /> : null}
      {shown.length === 0 && rows.length > 0 ? <Empty title={t('noMatch', { text })} /> : null}
    </div>
  );
}

/** Published flows and those that are only drafts, as one list by id. */
function rowsOf(
  flows: readonly (Omit<FlowRow, 'published'> & { readonly version: string })[],
  drafts: readonly { readonly flowId: string; readonly title?: unknown; readonly updatedAt: number }[],
): FlowRow[] {
  const published: FlowRow[] = flows.map((flow) => ({ ...flow, published: true }));
  const known = new Set(published.map((row) => row.id));
  const only: FlowRow[] = drafts
    .filter((draft) => !known.has(draft.flowId))
    .map((draft) => ({ id: draft.flowId, title: draft.title, triggers: [], hasDraft: true, published: false }));
  return [...published, ...only].sort((a, b) => (a.id < b.id ? -1 : 1));
}
