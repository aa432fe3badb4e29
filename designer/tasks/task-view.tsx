import type { Task } from '@heddle/engine/api/contract';
import { Link } from '@tanstack/react-router';
import { Button, Tag } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTask, useTaskAction } from '../api/tasks.ts';
import { JsonView } from '../ui/json-view/index.ts';
import { Failed, Loading } from '../ui/pending.tsx';
import { usePreferences } from '../ui/preferences.ts';
import { SchemaFields, type SchemaForm } from '../ui/schema-form/index.ts';
import { useText } from '../ui/text.ts';
import { When } from '../ui/when.tsx';
import { Due } from './due.tsx';
import { responsesOf } from './inbox.ts';

/** One task: what it is about, the form, and a button for each thing that can be decided. */
export function TaskView({ taskId, onDone }: { readonly taskId: string; readonly onDone: () => void }) {
  const { data: task, error, refetch } = useTask(taskId);
  if (error && !task) return <Failed error={error} reset={() => void refetch()} />;
  return task === undefined ? <Loading /> : <Shown task={task} onDone={onDone} />;
}

function Shown({ task, onDone }: { readonly task: Task; readonly onDone: () => void }) {
  const { t } = useTranslation('tasks');
  const say = useText();
  const isOpen = task.status === 'open' || task.status === 'claimed';
  return (
    <article className="heddle-card heddle-task">
      <header>
        <h2>{say(task.title) ?? task.node}</h2>
        <Tag>{t(`status.${task.status}`)}</Tag>
        {isOpen ? <Due at={task.dueAt} /> : null}
      </header>
      <dl className="heddle-facts">
        <dt>{t('run')}</dt>
        <dd>
          <Link to="/app/runs/$runId" params={{ runId: task.runId }} className="heddle-plain-link">
            {task.flowId}
          </Link>
          <span className="heddle-aside">{task.node}</span>
        </dd>
        <dt>{t('for')}</dt>
        <dd>{[...task.assignees, ...task.groups].join(', ') || t('everybody')}</dd>
        <dt>{t('since')}</dt>
        <dd>
          <When at={task.createdAt} />
        </dd>
        {task.closedAt === undefined ? null : (
          <>
            <dt>{t('closed')}</dt>
            <dd>
              <When at={task.closedAt} />
            </dd>
          </>
        )}
      </dl>
      {task.data === undefined ? null : (
        <>
          <h3>{t('about')}</h3>
          <JsonView value={task.data} label={t('about')} open={2} />
        </>
      )}
      <Responses task={task} />
      {isOpen ? <Answer task={task} onDone={onDone} /> : null}
    </article>
  );
}

function Responses({ task }: { readonly task: Task }) {
  const { t } = useTranslation('tasks');
  const say = useText();
  const responses = responsesOf(task.responses);
  if (responses.length === 0) return null;
  const titleOf = (id: string) => say(task.actions.find((action) => action.id === id)?.title) ?? id;
  return (
    <>
      <h3>{t('answers')}</h3>
      <ul className="heddle-answers">
        {responses.map(({ by, action, data, at }) => (
          <li key={by}>
            <strong>{by}</strong> {titleOf(action)} <When at={at} />
            {data === null || data === undefined ? null : <JsonView value={data} label={t('answerOf', { by })} />}
          </li>
        ))}
      </ul>
    </>
  );
}

function Answer({ task, onDone }: { readonly task: Task; readonly onDone: () => void }) {
  const { t } = useTranslation('tasks');
  const say = useText();
  const user = usePreferences((state) => state.user);
  const [value, setValue] = useState<unknown>({});
  const form = useRef<SchemaForm>(null);
  const act = useTaskAction(task.id);
  const isMine = task.status === 'claimed' && task.claimedBy === (user === '' ? 'anonymous' : user);
  const isTaken = task.status === 'claimed' && !isMine;
  const complete = (action: string) => {
    if (form.current?.validate() === false) return;
    const data = task.form === undefined ? undefined : value;
    act.mutate({ verb: 'complete', body: { action, ...(data === undefined ? {} : { data }) } }, { onSuccess: onDone });
  };
  if (isTaken) return <p className="heddle-faint">{t('taken', { user: task.claimedBy })}</p>;
  return (
    <>
      {task.form === undefined ? null : (
        <>
          <h3>{t('form')}</h3>
          <SchemaFields form={form} idPrefix="task" schema={task.form as object} value={value} onChange={setValue} />
        </>
      )}
      {act.error ? (
        <p className="heddle-wrong" role="alert">
          {act.error.message}
        </p>
      ) : null}
      <div className="heddle-task-buttons">
        {task.actions.map(({ id, title, need }, index) => (
          <Button
            key={id}
            type={index === 0 ? 'primary' : 'default'}
            loading={act.isPending && act.variables?.verb === 'complete'}
            onClick={() => complete(id)}
          >
            {say(title) ?? id}
            {need > 1 ? ` (${t('need', { count: need })})` : ''}
          </Button>
        ))}
        <span className="heddle-task-claim">
          {isMine ? (
            <Button onClick={() => act.mutate({ verb: 'release' })}>{t('release')}</Button>
          ) : (
            <Button onClick={() => act.mutate({ verb: 'claim' })}>{t('claim')}</Button>
          )}
        </span>
      </div>
    </>
  );
}
