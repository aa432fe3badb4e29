import type { DeadLetterRow } from '@heddle/engine/api/contract';
import { Button, Checkbox, Input, Popconfirm, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDeadLetters, useLetterAction } from '../api/messages.ts';
import { Empty } from '../ui/empty.tsx';
import { Failed, Loading } from '../ui/pending.tsx';
import { When } from '../ui/when.tsx';
import { LetterView } from './letter-view.tsx';

const LIMIT = 100;
const statuses = ['dead', 'redriven', 'discarded'] as const;

/** Messages that could not be taken or sent: a list at the left, the chosen one beside it. */
export function Letters(props: { readonly picked: number | undefined; readonly onPick: (id: number) => void }) {
  const { t } = useTranslation('messages');
  const [status, setStatus] = useState<(typeof statuses)[number]>('dead');
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const act = useLetterAction();
  const { data, error, refetch } = useDeadLetters({
    status,
    limit: String(LIMIT),
    ...(search === '' ? {} : { search }),
  });
  if (error && !data) return <Failed error={error} reset={() => void refetch()} />;
  const letters = data?.letters ?? [];
  const ids = letters.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const isEach = letters.length > 0 && ids.length === letters.length;
  const shown = props.picked ?? letters[0]?.id;
  const settle = (kind: 'redrive-many' | 'discard') =>
    act.mutate({ kind, ids }, { onSuccess: () => setChosen(new Set()) });
  const toggle = (id: number, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  return (
    <div className="heddle-letters">
      <div className="heddle-letter-list">
        <Segmented
          block
          aria-label={t('letters.which')}
          value={status}
          options={statuses.map((value) => ({ value, label: t(`letters.status.${value}`) }))}
          onChange={setStatus}
        />
        <Input.Search
          allowClear
          placeholder={t('letters.search')}
          aria-label={t('letters.search')}
          onSearch={(text) => setSearch(text.trim())}
        />
        {status === 'dead' && letters.length > 0 ? (
          <div className="heddle-letter-many">
            <Checkbox
              checked={isEach}
              indeterminate={ids.length > 0 && !isEach}
              onChange={({ target }) => setChosen(new Set(target.checked ? letters.map(({ id }) => id) : []))}
            >
              {t('letters.chosen', { count: ids.length })}
            </Checkbox>
            <Button
              size="small"
              disabled={ids.length === 0}
              loading={act.isPending}
              onClick={() => settle('redrive-many')}
            >
              {t('letters.redrive')}
            </Button>
            <Popconfirm
              title={t('letters.discardSure', { count: ids.length })}
              okText={t('letters.discard')}
              cancelText={t('letters.keep')}
              onConfirm={() => settle('discard')}
            >
              <Button size="small" danger disabled={ids.length === 0}>
                {t('letters.discard')}
              </Button>
            </Popconfirm>
          </div>
        ) : null}
        <Outcome act={act} />
        {data === undefined ? <Loading /> : null}
        {data !== undefined && letters.length === 0 ? (
          <Empty title={t(`letters.none.${status}`)} body={status === 'dead' ? t('letters.noneBody') : undefined} />
        ) : null}
        <ul className="heddle-picks" aria-label={t('letters.list')}>
          {letters.map((letter) => (
            <Item
              key={letter.id}
              letter={letter}
              isPicked={letter.id === shown}
              isChosen={chosen.has(letter.id)}
              onPick={props.onPick}
              onChoose={status === 'dead' ? toggle : undefined}
            />
          ))}
        </ul>
        {data?.next === undefined ? null : <p className="heddle-faint">{t('letters.more', { count: LIMIT })}</p>}
      </div>
      {shown === undefined ? null : <LetterView key={shown} id={shown} onAct={() => props.onPick(shown)} />}
    </div>
  );
}

/** What came of the last thing done to many. */
function Outcome({ act }: { readonly act: ReturnType<typeof useLetterAction> }) {
  const { t } = useTranslation('messages');
  if (act.error)
    return (
      <p className="heddle-wrong" role="alert">
        {act.error.message}
      </p>
    );
  const { redriven, discarded, failed = [] } = act.data ?? {};
  if (redriven === undefined && discarded === undefined) return null;
  return (
    <p role="status" className={failed.length > 0 ? 'heddle-wrong' : 'heddle-faint'}>
      {redriven === undefined
        ? t('letters.discarded', { count: discarded ?? 0 })
        : t('letters.redriven', { count: redriven, failed: failed.length })}
      {failed[0] === undefined ? '' : ` ${failed[0].reason}`}
    </p>
  );
}

function Item(props: {
  readonly letter: DeadLetterRow;
  readonly isPicked: boolean;
  readonly isChosen: boolean;
  readonly onPick: (id: number) => void;
  readonly onChoose: ((id: number, on: boolean) => void) | undefined;
}) {
  const { letter, isPicked, isChosen, onPick, onChoose } = props;
  const { t } = useTranslation('messages');
  return (
    <li>
      {onChoose === undefined ? null : (
        <Checkbox
          aria-label={t('letters.choose', { id: letter.id })}
          checked={isChosen}
          onChange={({ target }) => onChoose(letter.id, target.checked)}
        />
      )}
      <button type="button" aria-current={isPicked} onClick={() => onPick(letter.id)}>
        <strong>{letter.code}</strong>
        <span className="heddle-sub">
          {letter.flowId ?? t('letters.sent')}
          {' · '}
          {letter.topic}
          {' · '}
          <When at={letter.at} />
        </span>
        <span className="heddle-sub heddle-letter-line">{letter.preview}</span>
      </button>
    </li>
  );
}
