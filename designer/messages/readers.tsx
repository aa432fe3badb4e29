import type { MessageConsumer, MessageTopic } from '@heddle/engine/api/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Empty } from '../ui/empty.tsx';
import { useFormat } from '../ui/use-format.ts';
import { When } from '../ui/when.tsx';
import { sourceText } from './place.ts';

const tones: { readonly [state in MessageConsumer['state']]: Tone } = {
  listening: 'good',
  connecting: 'busy',
  lost: 'bad',
  stopped: 'plain',
};

/** Who reads what, and what was published where. */
export function Readers(props: {
  readonly consumers: readonly MessageConsumer[];
  readonly topics: readonly MessageTopic[];
}) {
  const { t } = useTranslation('messages');
  const { consumers, topics } = props;
  return (
    <>
      <h2 className="heddle-section">{t('readers.title')}</h2>
      {consumers.length === 0 ? (
        <Empty title={t('readers.none')} body={t('readers.noneBody')} />
      ) : (
        <div className="heddle-scroll">
          <table className="heddle-rows">
            <thead>
              <tr>
                <th>{t('readers.flow')}</th>
                <th>{t('readers.from')}</th>
                <th>{t('readers.state')}</th>
                <th className="heddle-number">{t('readers.rate')}</th>
                <th className="heddle-number">{t('readers.backlog')}</th>
                <th className="heddle-number">{t('readers.accepted')}</th>
                <th className="heddle-number">{t('readers.duplicates')}</th>
                <th className="heddle-number">{t('readers.returned')}</th>
                <th className="heddle-number">{t('readers.dead')}</th>
              </tr>
            </thead>
            <tbody>
              {consumers.map((consumer) => (
                <Reader key={`${consumer.flowId} ${JSON.stringify(consumer.source)}`} consumer={consumer} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <h2 className="heddle-section">{t('topics.title')}</h2>
      {topics.length === 0 ? <p className="heddle-faint">{t('topics.none')}</p> : <Topics topics={topics} />}
    </>
  );
}

function Reader({ consumer }: { readonly consumer: MessageConsumer }) {
  const { t } = useTranslation('messages');
  const format = useFormat();
  return (
    <tr>
      <td>
        <Link to="/app/designer/$flowId" params={{ flowId: consumer.flowId }} className="heddle-row-link">
          {consumer.flowId}
        </Link>
      </td>
      <td className="heddle-break">
        <Link to="/app/services/$serviceId" params={{ serviceId: consumer.service }} className="heddle-plain-link">
          {consumer.service}
        </Link>
        <span className="heddle-sub">{sourceText(consumer.source)}</span>
      </td>
      <td>
        <Badge tone={tones[consumer.state]}>{t(`state.${consumer.state}`)}</Badge>
        <span className="heddle-sub">
          <When at={consumer.since} />
        </span>
        {consumer.reason === undefined ? null : (
          <span className="heddle-sub heddle-break" role="status">
            {consumer.reason}
          </span>
        )}
      </td>
      <td className="heddle-number">{format.number(consumer.perSecond)}</td>
      <td className="heddle-number">{consumer.backlog === undefined ? '–' : format.number(consumer.backlog)}</td>
      <td className="heddle-number">{format.number(consumer.accepted)}</td>
      <td className="heddle-number">{format.number(consumer.duplicates)}</td>
      <td className="heddle-number">{format.number(consumer.returned)}</td>
      <td className="heddle-number">
        <span className={consumer.dead > 0 ? 'heddle-bad' : undefined}>{format.number(consumer.dead)}</span>
      </td>
    </tr>
  );
}

function Topics({ topics }: { readonly topics: readonly MessageTopic[] }) {
  const { t } = useTranslation('messages');
  const format = useFormat();
  return (
    <div className="heddle-scroll">
      <table className="heddle-rows">
        <thead>
          <tr>
            <th>{t('topics.topic')}</th>
            <th>{t('topics.broker')}</th>
            <th className="heddle-number">{t('topics.rate')}</th>
            <th className="heddle-number">{t('topics.published')}</th>
            <th className="heddle-number">{t('topics.failed')}</th>
          </tr>
        </thead>
        <tbody>
          {topics.map(({ service, topic, published, failed, perSecond }) => (
            <tr key={`${service} ${topic}`}>
              <td className="heddle-break">{topic}</td>
              <td>{service === '' ? t('topics.own') : service}</td>
              <td className="heddle-number">{format.number(perSecond)}</td>
              <td className="heddle-number">{format.number(published)}</td>
              <td className="heddle-number">
                <span className={failed > 0 ? 'heddle-bad' : undefined}>{format.number(failed)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
