import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCancelScheduled, useScheduled } from '../api/messages.ts';
import { Empty } from '../ui/empty.tsx';
import { Failed, Loading } from '../ui/pending.tsx';
import { useFormat, useNow } from '../ui/use-format.ts';

/** Messages that are to be published later, or again after a failure. */
export function Scheduled() {
  const { t } = useTranslation('messages');
  const format = useFormat();
  const now = useNow(1_000);
  const { data, error, refetch } = useScheduled();
  const cancel = useCancelScheduled();
  if (error && !data) return <Failed error={error} reset={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  if (data.messages.length === 0) return <Empty title={t('scheduled.none')} body={t('scheduled.noneBody')} />;
  return (
    <div className="heddle-scroll">
      <table className="heddle-rows">
        <thead>
          <tr>
            <th>{t('topics.topic')}</th>
            <th>{t('topics.broker')}</th>
            <th>{t('scheduled.due')}</th>
            <th>{t('scheduled.payload')}</th>
            <th className="heddle-number">{t('scheduled.attempts')}</th>
            <th aria-label={t('scheduled.cancel')} />
          </tr>
        </thead>
        <tbody>
          {data.messages.map((message) => (
            <tr key={message.id}>
              <td className="heddle-break">{message.topic}</td>
              <td>{message.service ?? t('topics.own')}</td>
              <td className="heddle-nowrap" title={format.time(message.dueAt)}>
                {format.ago(message.dueAt, now)}
              </td>
              <td className="heddle-break">
                <code>{message.preview}</code>
                {message.lastError === undefined ? null : (
                  <span className="heddle-sub heddle-bad">{message.lastError}</span>
                )}
              </td>
              <td className="heddle-number">{message.attempts}</td>
              <td className="heddle-number">
                <Button size="small" danger onClick={() => cancel.mutate(message.id)}>
                  {t('scheduled.cancel')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
