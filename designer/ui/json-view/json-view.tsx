import { CaretDownOutlined, CaretRightOutlined, CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../use-format.ts';
import { membersOf, preview, SLICE, shapeOf, sizeOf, TEXT_LIMIT, truncated } from './slices.ts';
import './json-view.css';

/**
 * Any JSON as a tree that opens step by step: members are drawn when they are asked for, so that the size of a value
 * costs nothing. Everything is drawn as text.
 *
 * @param label names the tree for screen readers
 * @param open levels that are open at first; default 1
 */
export function JsonView(props: { readonly value: unknown; readonly label: string; readonly open?: number }) {
  const cut = truncated(props.value);
  return (
    <section className="heddle-json" aria-label={props.label}>
      <Copy value={props.value} />
      {cut ? <Cut {...cut} /> : <Member value={props.value} open={props.open ?? 1} />}
    </section>
  );
}

function Copy({ value }: { readonly value: unknown }) {
  const { t } = useTranslation('common');
  const [done, setDone] = useState(false);
  return (
    <Button
      className="heddle-json-copy"
      size="small"
      type="text"
      icon={done ? <CheckOutlined /> : <CopyOutlined />}
      aria-label={done ? t('copied') : t('copy')}
      title={done ? t('copied') : t('copy')}
      onClick={async () => {
        await navigator.clipboard.writeText(JSON.stringify(value, null, 2) ?? 'null');
        setDone(true);
        setTimeout(() => setDone(false), 1_500);
      }}
    />
  );
}

function Cut({ bytes, beginning }: { readonly bytes: number; readonly beginning: string }) {
  const { t } = useTranslation('runs');
  const format = useFormat();
  return (
    <>
      <p className="heddle-json-note">{t('json.cut', { bytes: format.number(bytes) })}</p>
      <pre className="heddle-json-text">{beginning}</pre>
    </>
  );
}

function Member(props: { readonly name?: string; readonly value: unknown; readonly open: number }) {
  const { name, value, open } = props;
  const { t } = useTranslation('runs');
  const [isOpen, setOpen] = useState(open > 0);
  const size = sizeOf(value);
  const label = name === undefined ? null : <span className="heddle-json-name">{name}</span>;
  if (size === 0)
    return (
      <div className="heddle-json-row">
        {label}
        <Leaf value={value} />
      </div>
    );
  return (
    <div>
      <button
        type="button"
        className="heddle-json-row heddle-json-fold"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? <CaretDownOutlined aria-hidden /> : <CaretRightOutlined aria-hidden />}
        {label}
        <span className="heddle-json-preview">
          {isOpen ? t(Array.isArray(value) ? 'json.items' : 'json.members', { count: size }) : preview(value)}
        </span>
      </button>
      {isOpen ? <Members value={value} open={open - 1} /> : null}
    </div>
  );
}

function Members({ value, open }: { readonly value: unknown; readonly open: number }) {
  const { t } = useTranslation('runs');
  const [count, setCount] = useState(SLICE);
  const size = sizeOf(value);
  return (
    <div className="heddle-json-members">
      {membersOf(value, count).map(([name, member]) => (
        <Member key={name} name={name} value={member} open={open} />
      ))}
      {size > count ? (
        <Button size="small" type="link" onClick={() => setCount(count + SLICE)}>
          {t('json.more', { count: Math.min(SLICE, size - count), size })}
        </Button>
      ) : null}
    </div>
  );
}

function Leaf({ value }: { readonly value: unknown }) {
  const { t } = useTranslation('runs');
  const [whole, setWhole] = useState(false);
  const shape = shapeOf(value);
  if (shape === 'array' || shape === 'object') return <code>{shape === 'array' ? '[]' : '{}'}</code>;
  if (shape !== 'string') return <code data-shape={shape}>{String(value ?? null)}</code>;
  const text = String(value);
  const isLong = text.length > TEXT_LIMIT && !whole;
  return (
    <>
      <code data-shape="string">{JSON.stringify(isLong ? `${text.slice(0, TEXT_LIMIT)}…` : text)}</code>
      {isLong ? (
        <Button size="small" type="link" onClick={() => setWhole(true)}>
          {t('json.showAll', { count: text.length })}
        </Button>
      ) : null}
    </>
  );
}
