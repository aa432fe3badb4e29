import { CopyOutlined, DeleteOutlined, PlayCircleOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button, Popconfirm, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { useDiscardDraft } from '../api/flows.ts';
import { Badge } from '../ui/badge.tsx';
import { useText } from '../ui/text.ts';

export interface FlowRow {
  readonly id: string;
  readonly title?: unknown;
  readonly mode?: string;
  readonly number?: number;
  readonly hasDraft?: boolean;
  readonly published: boolean;
  readonly triggers: readonly unknown[];
}

export function FlowTable({
  rows,
  onCopy,
}: {
  readonly rows: readonly FlowRow[];
  readonly onCopy: (id: string) => void;
}) {
  const { t } = useTranslation('flows');
  return (
    <table className="heddle-table">
      <thead>
        <tr>
          <th>{t('column.flow')}</th>
          <th>{t('column.call')}</th>
          <th>{t('column.version')}</th>
          <th>{t('column.draft')}</th>
          <th className="heddle-actions">{t('column.actions')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} onCopy={onCopy} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row, onCopy }: { readonly row: FlowRow; readonly onCopy: (id: string) => void }) {
  const { t } = useTranslation('flows');
  const say = useText();
  const discard = useDiscardDraft();
  const title = say(row.title) ?? row.id;
  return (
    <tr>
      <td>
        <Link to="/app/designer/$flowId" params={{ flowId: row.id }} className="heddle-flow-title">
          {title}
        </Link>
        <div className="heddle-faint">
          {row.id}
          {row.mode === 'express' ? ` · ${t('mode.express')}` : ''}
        </div>
      </td>
      <td>
        {row.triggers.map((trigger) => {
          const { method, path, service } = trigger as { method?: string; path?: string; service?: string };
          const text = service === undefined ? `${method} /open${path}` : `✉ ${service}`;
          return (
            <code key={JSON.stringify(trigger)} className="heddle-route">
              {text}
            </code>
          );
        })}
      </td>
      <td>
        {row.published ? (
          t('version', { number: row.number ?? 1 })
        ) : (
          <span className="heddle-faint">{t('notPublished')}</span>
        )}
      </td>
      <td>{row.hasDraft ? <Badge tone="warn">{t('hasDraft')}</Badge> : null}</td>
      <td className="heddle-actions">
        <Tooltip title={t('runs')}>
          <Link to="/app/runs" search={{ flow: row.id }} aria-label={`${t('runs')}: ${title}`}>
            <Button type="text" icon={<PlayCircleOutlined />} tabIndex={-1} aria-hidden />
          </Link>
        </Tooltip>
        <Tooltip title={t('copy')}>
          <Button
            type="text"
            icon={<CopyOutlined />}
            aria-label={`${t('copy')}: ${title}`}
            onClick={() => onCopy(row.id)}
          />
        </Tooltip>
        {row.hasDraft ? (
          <Popconfirm
            title={row.published ? t('discardAsk') : t('discardUnpublished')}
            okText={t('discard')}
            onConfirm={() => discard.mutateAsync(row.id)}
          >
            <Button type="text" danger icon={<DeleteOutlined />} aria-label={`${t('discard')}: ${title}`} />
          </Popconfirm>
        ) : null}
      </td>
    </tr>
  );
}
