import type { Task } from '@heddle/engine/api/contract';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useTasks } from '../api/tasks.ts';
import { Empty } from '../ui/empty.tsx';
import { Failed, Loading } from '../ui/pending.tsx';
import { usePreferences } from '../ui/preferences.ts';
import { useText } from '../ui/text.ts';
import { When } from '../ui/when.tsx';
import { Due } from './due.tsx';
import { boxes, type Place, placeOf, queryOf } from './inbox.ts';
import { TaskView } from './task-view.tsx';
import '../ui/rows.css';
import './tasks.css';

const LIMIT = 100;

/** What people are asked: a list at the left, the chosen task beside it. */
export function TasksPage() {
  const { t } = useTranslation('tasks');
  const user = usePreferences((state) => state.user);
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const { box, task: picked } = placeOf(search);
  const go = (place: Place) => void navigate({ to: '/app/tasks', search: { ...place }, replace: true });
  const pick = (task: string) => go({ box, task });
  const { data, error, refetch } = useTasks(queryOf(box, user, LIMIT));
  if (error && !data) return <Failed error={error} reset={() => void refetch()} />;
  const tasks = data?.tasks ?? [];
  const shown = picked ?? tasks[0]?.id;
  return (
    <div className="heddle-page">
      <div className="heddle-page-head">
        <h1>{t('title')}</h1>
        {user === '' ? (
          <Link to="/app/settings" className="heddle-plain-link">
            {t('nameless')}
          </Link>
        ) : (
          <span className="heddle-faint">{t('as', { user })}</span>
        )}
      </div>
      <div className="heddle-inbox">
        <div className="heddle-inbox-list">
          <Segmented
            block
            aria-label={t('boxes')}
            value={box}
            options={boxes.map((value) => ({ value, label: t(`box.${value}`) }))}
            onChange={(value) => go({ box: value })}
          />
          {data === undefined ? <Loading /> : null}
          {data !== undefined && tasks.length === 0 ? (
            <Empty title={t(`none.${box}`)} body={box === 'open' ? t('noneBody') : undefined} />
          ) : null}
          <ul className="heddle-picks" aria-label={t(`box.${box}`)}>
            {tasks.map((task) => (
              <Item key={task.id} task={task} isPicked={task.id === shown} onPick={pick} />
            ))}
          </ul>
          {data?.next === undefined ? null : <p className="heddle-faint">{t('more', { count: LIMIT })}</p>}
        </div>
        {shown === undefined ? null : <TaskView key={shown} taskId={shown} onDone={() => pick(shown)} />}
      </div>
    </div>
  );
}

function Item(props: { readonly task: Task; readonly isPicked: boolean; readonly onPick: (id: string) => void }) {
  const { task, isPicked, onPick } = props;
  const { t } = useTranslation('tasks');
  const say = useText();
  return (
    <li>
      <button type="button" aria-current={isPicked} onClick={() => onPick(task.id)}>
        <strong>{say(task.title) ?? task.node}</strong>
        <span className="heddle-sub">
          {task.flowId}
          {' · '}
          <When at={task.createdAt} />
        </span>
        <span className="heddle-inbox-marks">
          {task.status === 'claimed' && task.claimedBy !== undefined ? (
            <span className="heddle-faint">{t('claimedBy', { user: task.claimedBy })}</span>
          ) : null}
          {task.status === 'open' || task.status === 'claimed' ? <Due at={task.dueAt} /> : null}
        </span>
      </button>
    </li>
  );
}
