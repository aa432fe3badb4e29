import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Input, Select } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { openFlow, saveDraft } from '../api/flows.ts';
import { Labelled } from '../ui/labelled.tsx';
import { useText } from '../ui/text.ts';
import type { FlowRow } from './flow-table.tsx';
import { documentFrom, flowIdFrom } from './new-flow.ts';
import { type TemplateName, templateNames } from './templates.ts';

const ID = /^[a-z][a-z0-9-]{0,63}$/;

interface NewFlowProps {
  readonly rows: readonly FlowRow[];
  /** The flow to copy. */
  readonly from?: string;
  readonly onClose: () => void;
}

/** Asks for a name, makes the draft and goes to the designer: typing and Enter are all it takes. */
export function NewFlow({ rows, from, onClose }: NewFlowProps) {
  const { t } = useTranslation(['flows', 'common']);
  const say = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [title, setTitle] = useState('');
  const [ownId, setOwnId] = useState<string>();
  const [start, setStart] = useState(from === undefined ? 'empty' : `copy:${from}`);
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const taken = new Set(rows.map((row) => row.id));
  const id = ownId ?? flowIdFrom(title, taken);
  const wrong = !ID.test(id) ? t('idWrong') : taken.has(id) ? t('idTaken') : failure;

  const create = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || !ID.test(id) || taken.has(id)) return;
    setBusy(true);
    try {
      const [kind, name = ''] = start.split(':');
      const source = kind === 'copy' ? (await openFlow(name))?.document : undefined;
      const document = documentFrom({
        id,
        title: title.trim() === '' ? id : title.trim(),
        ...(kind === 'template' ? { template: name as TemplateName } : {}),
        ...(source ? { source } : {}),
      });
      await saveDraft(id, document, 0);
      await queries.invalidateQueries({ queryKey: ['drafts'] });
      await navigate({ to: '/app/designer/$flowId', params: { flowId: id } });
    } catch (error) {
      setFailure(error instanceof ApiError && error.code === 'DRAFT_CONFLICT' ? t('idTaken') : String(error));
      setBusy(false);
    }
  };

  return (
    <form className="heddle-new-flow" onSubmit={(event) => void create(event)}>
      <Labelled className="heddle-grow" label={t('name')}>
        {(inputId) => (
          <Input
            id={inputId}
            autoFocus
            value={title}
            maxLength={200}
            placeholder={t('namePlaceholder')}
            onChange={(event) => setTitle(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && onClose()}
          />
        )}
      </Labelled>
      <Labelled label={t('id')}>
        {(inputId) => (
          <Input
            id={inputId}
            value={id}
            {...(wrong && (title !== '' || ownId !== undefined) ? { status: 'error' as const } : {})}
            onChange={(event) => {
              setOwnId(event.target.value);
              setFailure(undefined);
            }}
          />
        )}
      </Labelled>
      <Labelled label={t('startWith')}>
        {(inputId) => (
          <Select
            id={inputId}
            value={start}
            onChange={setStart}
            popupMatchSelectWidth={false}
            options={[
              { value: 'empty', label: t('empty') },
              ...templateNames.map((name) => ({ value: `template:${name}`, label: t(`templates.${name}`) })),
              ...rows.map((row) => ({
                value: `copy:${row.id}`,
                label: t('copyOf', { title: say(row.title) ?? row.id }),
              })),
            ]}
          />
        )}
      </Labelled>
      <div className="heddle-new-flow-buttons">
        <Button onClick={onClose}>{t('common:cancel')}</Button>
        <Button type="primary" htmlType="submit" loading={busy} disabled={wrong !== undefined && wrong !== failure}>
          {t('create')}
        </Button>
      </div>
      <div className={wrong ? 'heddle-wrong' : 'heddle-faint'} role={wrong ? 'alert' : undefined}>
        {wrong ?? t('idHint', { id })}
      </div>
    </form>
  );
}
