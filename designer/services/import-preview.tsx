import type { Breaks, ImportResult } from '@heddle/engine/api/contract';
import { Link } from '@tanstack/react-router';
import { Checkbox, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/badge.tsx';
import { useText } from '../ui/text.ts';
import { useFormat } from '../ui/use-format.ts';
import { bindingText, type ImportRow, importRows } from './import-rows.ts';

/** Rows that are shown of a list; a document can have thousands. */
const MAX_ROWS = 100;
const MAX_MESSAGE = 300;
const tones = { added: 'good', changed: 'warn', removed: 'bad' } as const;

/** What an import would make. @param props.children the button that makes it */
export function ImportPreview({ result, children }: { readonly result: ImportResult; readonly children: ReactNode }) {
  const { t } = useTranslation('services');
  const say = useText();
  const format = useFormat();
  const { service, operations, diff, warnings, breaks } = result;
  const { baseUrl } = service.config;
  const isSame = diff && diff.added.length + diff.changed.length + diff.removed.length === 0;
  return (
    <section className="heddle-card heddle-import" aria-live="polite">
      <header>
        <h2>
          {t('importer.found', {
            title: say(service.title) ?? service.id,
            count: operations,
            number: format.number(operations),
          })}
        </h2>
        <Badge tone={diff ? 'busy' : 'good'}>
          {diff ? t('importer.renews', { id: service.id }) : t('importer.isNew')}
        </Badge>
      </header>
      {typeof baseUrl === 'string' ? (
        <p>
          <code>{baseUrl}</code>
        </p>
      ) : null}
      {diff ? (
        <p>
          {isSame
            ? t('importer.same')
            : t('importer.diff', {
                added: diff.added.length,
                changed: diff.changed.length,
                removed: diff.removed.length,
              })}
        </p>
      ) : null}
      <Broken breaks={breaks} title={t('importer.breaks')} />
      {children}
      <Operations rows={importRows(result)} hasDiff={diff !== undefined} />
      <Notes title={t('importer.warnings')} notes={warnings.map((text) => ({ text }))} />
      <Notes
        title={t('importer.skipped')}
        notes={result.skipped.map(({ what, reason, pointer }) => ({ text: `${what}: ${reason}`, pointer }))}
      />
    </section>
  );
}

function Operations({ rows, hasDiff }: { readonly rows: readonly ImportRow[]; readonly hasDiff: boolean }) {
  const { t } = useTranslation('services');
  const say = useText();
  const format = useFormat();
  const [text, setText] = useState('');
  const [only, setOnly] = useState(false);
  const wanted = text.trim().toLowerCase();
  const fitting = rows.filter(({ id, operation, change }) => {
    if (only && change === 'none') return false;
    const words = [id, say(operation?.title), bindingText(operation?.binding ?? {})];
    return words.join(' ').toLowerCase().includes(wanted);
  });
  return (
    <>
      <h3>{t('importer.operations')}</h3>
      <div className="heddle-buttons">
        <Input.Search
          allowClear
          className="heddle-service-search"
          placeholder={t('importer.filter')}
          aria-label={t('importer.filter')}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        {hasDiff ? (
          <Checkbox checked={only} onChange={({ target }) => setOnly(target.checked)}>
            {t('importer.only')}
          </Checkbox>
        ) : null}
      </div>
      <ul className="heddle-import-operations" aria-label={t('importer.operations')}>
        {fitting.slice(0, MAX_ROWS).map(({ id, operation, change, parts }) => (
          <li key={id}>
            <span>
              {say(operation?.title) ?? id} <code className="heddle-aside">{id}</code>
              {operation === undefined ? null : <code className="heddle-sub">{bindingText(operation.binding)}</code>}
            </span>
            <span className="heddle-import-marks">
              {operation?.readOnly === true ? <Badge>{t('flag.readOnly')}</Badge> : null}
              {operation?.movesMoney === true ? <Badge tone="warn">{t('flag.movesMoney')}</Badge> : null}
              {change === 'none' ? null : (
                <Badge tone={tones[change]}>
                  {change === 'changed'
                    ? t('importer.changedParts', { parts: parts.join(', ') })
                    : t(`importer.${change}`)}
                </Badge>
              )}
            </span>
          </li>
        ))}
      </ul>
      {fitting.length === 0 ? <p className="heddle-faint">{t('importer.noneFit')}</p> : null}
      {fitting.length > MAX_ROWS ? (
        <p className="heddle-faint">{t('importer.more', { count: MAX_ROWS, all: format.number(fitting.length) })}</p>
      ) : null}
    </>
  );
}

function Notes(props: {
  readonly title: string;
  readonly notes: readonly { readonly text: string; readonly pointer?: string }[];
}) {
  const { title, notes } = props;
  const { t } = useTranslation('services');
  const format = useFormat();
  if (notes.length === 0) return null;
  return (
    <>
      <h3>{`${title} (${format.number(notes.length)})`}</h3>
      <ul className="heddle-import-notes">
        {notes.slice(0, MAX_ROWS).map(({ text, pointer }) => (
          <li key={`${pointer} ${text}`}>
            {text}
            {pointer === undefined ? null : <code className="heddle-sub">{pointer}</code>}
          </li>
        ))}
      </ul>
      {notes.length > MAX_ROWS ? (
        <p className="heddle-faint">{t('importer.more', { count: MAX_ROWS, all: format.number(notes.length) })}</p>
      ) : null}
    </>
  );
}

function Broken({ breaks, title }: { readonly breaks: Breaks; readonly title: string }) {
  const { t } = useTranslation('services');
  if (breaks.length === 0) return null;
  return (
    <div className="heddle-refusal" role="alert">
      <p>{`${title} (${breaks.length})`}</p>
      <ul>
        {breaks.map(({ flowId, problems }) => (
          <li key={flowId}>
            <Link to="/app/designer/$flowId" params={{ flowId }}>
              {flowId}
            </Link>
            {problems.slice(0, 5).map(({ pointer, message }) => (
              <span key={`${pointer} ${message}`} className="heddle-sub">
                <code>{pointer}</code> {clipped(message)}
              </span>
            ))}
          </li>
        ))}
      </ul>
      <p className="heddle-faint">{t('importer.breaksHelp')}</p>
    </div>
  );
}

/** A message may name every operation that there is. */
const clipped = (text: string) => (text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text);

/** What an import has made. */
export function Imported({ result }: { readonly result: ImportResult }) {
  const { t } = useTranslation('services');
  const say = useText();
  const format = useFormat();
  const { service, operations, breaks } = result;
  return (
    <section className="heddle-card heddle-import" role="status">
      <p className="heddle-good">
        {t('importer.done', {
          title: say(service.title) ?? service.id,
          count: operations,
          number: format.number(operations),
        })}
      </p>
      <Broken breaks={breaks} title={t('importer.breaksNow')} />
      <Link to="/app/services/$serviceId" params={{ serviceId: service.id }}>
        {t('importer.see')}
      </Link>
    </section>
  );
}
