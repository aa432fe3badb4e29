import type { DeadLetterWhole } from '@heddle/engine/api/contract';
import { Link } from '@tanstack/react-router';
import { Button, Input, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type LetterAction, useDeadLetter, useLetterAction } from '../api/messages.ts';
import { Badge } from '../ui/badge.tsx';
import { Failed, Loading } from '../ui/pending.tsx';
import { When } from '../ui/when.tsx';
import { pretty, sourceText } from './place.ts';

/** One dead letter: why it is here, what it says, and how to send it on its way. */
export function LetterView(props: { readonly id: number; readonly onAct: () => void }) {
  const { id, onAct } = props;
  const { data: letter, error, refetch } = useDeadLetter(id);
  if (error && !letter) return <Failed error={error} reset={() => void refetch()} />;
  return letter === undefined ? <Loading /> : <Shown letter={letter} onAct={onAct} />;
}

function Shown(props: { readonly letter: DeadLetterWhole; readonly onAct: () => void }) {
  const { letter, onAct } = props;
  const { t } = useTranslation('messages');
  const kept = letter.encoding === 'utf8' ? pretty(letter.body) : letter.body;
  const [text, setText] = useState(kept);
  const act = useLetterAction();
  const isDead = letter.status === 'dead';
  const isEdited = text !== kept;
  const headers = Object.entries(letter.headers);
  const settle = (action: LetterAction) => {
    // First, because a letter that is settled leaves the list, and would be gone from view with it.
    onAct();
    act.mutate(action);
  };
  return (
    <article className="heddle-card heddle-letter">
      <header>
        <h2>{letter.code}</h2>
        <Badge tone={isDead ? 'bad' : 'plain'}>{t(`letters.status.${letter.status}`)}</Badge>
      </header>
      <p className="heddle-letter-reason">{letter.reason}</p>
      <dl className="heddle-facts">
        <dt>{t('letter.way')}</dt>
        <dd>
          {letter.direction === 'in'
            ? t('letter.in', { topic: letter.topic })
            : t('letter.out', { topic: letter.topic })}
          <span className="heddle-aside">{letter.service}</span>
        </dd>
        {letter.flowId === undefined ? null : (
          <>
            <dt>{t('letter.flow')}</dt>
            <dd>
              <Link to="/app/designer/$flowId" params={{ flowId: letter.flowId }} className="heddle-plain-link">
                {letter.flowId}
              </Link>
              <span className="heddle-aside">{sourceText(letter.source)}</span>
            </dd>
          </>
        )}
        <dt>{t('letter.at')}</dt>
        <dd>
          <When at={letter.at} />
        </dd>
        {letter.messageId === undefined ? null : (
          <>
            <dt>{t('letter.id')}</dt>
            <dd>
              <code>{letter.messageId}</code>
            </dd>
          </>
        )}
        {letter.key === undefined ? null : (
          <>
            <dt>{t('letter.key')}</dt>
            <dd>
              <code>{letter.key}</code>
            </dd>
          </>
        )}
        {headers.length === 0 ? null : (
          <>
            <dt>{t('letter.headers')}</dt>
            <dd>
              {headers.map(([name, value]) => (
                <div key={name}>
                  <code>{`${name}: ${value}`}</code>
                </div>
              ))}
            </dd>
          </>
        )}
        {letter.settledAt === undefined ? null : (
          <>
            <dt>{t('letter.settled')}</dt>
            <dd>
              {letter.settledBy} <When at={letter.settledAt} />
            </dd>
          </>
        )}
      </dl>
      <h3>{letter.encoding === 'utf8' ? t('letter.body') : t('letter.bytes')}</h3>
      <Input.TextArea
        className="heddle-code"
        aria-label={t('letter.body')}
        autoSize={{ minRows: 4, maxRows: 20 }}
        spellCheck={false}
        readOnly={!isDead || letter.encoding !== 'utf8'}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      {act.error ? (
        <p className="heddle-wrong" role="alert">
          {act.error.message}
        </p>
      ) : null}
      {isDead ? (
        <div className="heddle-letter-buttons">
          <Button
            type="primary"
            loading={act.isPending}
            onClick={() => settle({ kind: 'redrive', id: letter.id, ...(isEdited && { body: text }) })}
          >
            {isEdited ? t('letter.redriveEdited') : t('letter.redrive')}
          </Button>
          {isEdited ? <Button onClick={() => setText(kept)}>{t('letter.revert')}</Button> : null}
          <Popconfirm
            title={t('letters.discardSure', { count: 1 })}
            okText={t('letters.discard')}
            cancelText={t('letters.keep')}
            onConfirm={() => settle({ kind: 'discard', ids: [letter.id] })}
          >
            <Button danger className="heddle-letter-discard">
              {t('letters.discard')}
            </Button>
          </Popconfirm>
        </div>
      ) : null}
    </article>
  );
}
