import type { MessageConsumer, MessagePeeked } from '@heddle/engine/api/contract';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreview } from '../api/messages.ts';
import { Empty } from '../ui/empty.tsx';
import { When } from '../ui/when.tsx';
import { sourceText } from './place.ts';

/** Looks into what a flow reads, without taking anything out. */
export function Preview({ consumers }: { readonly consumers: readonly MessageConsumer[] }) {
  const { t } = useTranslation('messages');
  const [at, setAt] = useState(0);
  const [search, setSearch] = useState('');
  const preview = usePreview();
  const consumer = consumers[at];
  if (consumer === undefined) return <Empty title={t('readers.none')} body={t('readers.noneBody')} />;
  const look = () =>
    preview.mutate({
      service: consumer.service,
      source: consumer.source as object,
      ...(search.trim() === '' ? {} : { search: search.trim() }),
    });
  return (
    <>
      <form
        className="heddle-preview-bar"
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <Select
          aria-label={t('preview.source')}
          value={at}
          onChange={setAt}
          options={consumers.map(({ flowId, service, source }, index) => ({
            value: index,
            label: `${service} · ${sourceText(source)} (${flowId})`,
          }))}
        />
        <Input
          allowClear
          aria-label={t('preview.search')}
          placeholder={t('preview.search')}
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        <Button type="primary" htmlType="submit" loading={preview.isPending}>
          {t('preview.look')}
        </Button>
      </form>
      <p className="heddle-faint">{t('preview.help')}</p>
      {preview.error ? (
        <p className="heddle-wrong" role="alert">
          {preview.error.message}
        </p>
      ) : null}
      {preview.data === undefined ? null : <Found messages={preview.data.messages} />}
    </>
  );
}

function Found({ messages }: { readonly messages: readonly MessagePeeked[] }) {
  const { t } = useTranslation('messages');
  if (messages.length === 0) return <Empty title={t('preview.none')} />;
  return (
    <div className="heddle-scroll">
      <table className="heddle-rows">
        <thead>
          <tr>
            <th>{t('letter.id')}</th>
            <th>{t('letter.key')}</th>
            <th>{t('letter.at')}</th>
            <th>{t('letter.body')}</th>
          </tr>
        </thead>
        <tbody>
          {messages.map((message, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: messages need not have an id
            <tr key={index}>
              <td className="heddle-break">{message.id ?? '–'}</td>
              <td className="heddle-break">{message.key ?? '–'}</td>
              <td className="heddle-nowrap">
                {message.publishedAt === undefined ? '–' : <When at={message.publishedAt} />}
              </td>
              <td className="heddle-break">
                <code>{message.preview}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
