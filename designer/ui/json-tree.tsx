import { CopyOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import './json-tree.css';

const SLICE = 100;
const LONG_TEXT = 2_000;
const OPEN_LEVELS = 2;

/**
 * Any JSON value, however large: children are rendered when they are opened, long lists a hundred at a time, long texts
 * cut. Everything is shown as text; nothing in a value is ever taken for markup.
 */
export function JsonTree({ value }: { readonly value: unknown }) {
  const { t } = useTranslation('common');
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(JSON.stringify(value, null, 2));
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <div className="heddle-json">
      <Button
        className="heddle-json-copy"
        size="small"
        type="text"
        icon={<CopyOutlined />}
        aria-label={t('copy')}
        title={copied ? t('copied') : t('copy')}
        onClick={() => void copy()}
      />
      <Branch name={undefined} value={value} level={0} />
    </div>
  );
}

interface BranchProps {
  readonly name: string | undefined;
  readonly value: unknown;
  readonly level: number;
}

function Branch({ name, value, level }: BranchProps) {
  const isBranch = value !== null && typeof value === 'object';
  const size = isBranch ? Object.keys(value).length : 0;
  const [open, setOpen] = useState(level < OPEN_LEVELS && size <= SLICE);
  if (!isBranch || size === 0) {
    return (
      <div className="heddle-json-line">
        <Name name={name} />
        <Leaf value={value} />
      </div>
    );
  }
  const isList = Array.isArray(value);
  return (
    <div>
      <button
        type="button"
        className="heddle-json-line heddle-json-fold"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <span className="heddle-json-arrow" aria-hidden>
          {open ? '▾' : '▸'}
        </span>
        <Name name={name} />
        <span className="heddle-faint">{isList ? `[${size}]` : `{${size}}`}</span>
      </button>
      {open ? (
        <div className="heddle-json-children">
          <Members value={value} level={level} />
        </div>
      ) : null}
    </div>
  );
}

function Members({ value, level }: { readonly value: object; readonly level: number }) {
  const { t } = useTranslation('common');
  const [count, setCount] = useState(SLICE);
  const keys = Object.keys(value);
  const isList = Array.isArray(value);
  return (
    <>
      {keys.slice(0, count).map((key) => (
        <Branch
          key={key}
          name={key}
          value={(value as { readonly [member: string]: unknown })[key]}
          level={isList && keys.length > 10 ? OPEN_LEVELS : level + 1}
        />
      ))}
      {keys.length > count ? (
        <Button size="small" type="link" onClick={() => setCount(count + SLICE)}>
          {t('showMore', { count: Math.min(SLICE, keys.length - count), left: keys.length - count })}
        </Button>
      ) : null}
    </>
  );
}

const Name = ({ name }: { readonly name: string | undefined }) =>
  name === undefined ? null : <span className="heddle-json-name">{name}:&nbsp;</span>;

function Leaf({ value }: { readonly value: unknown }) {
  const { t } = useTranslation('common');
  const [all, setAll] = useState(false);
  if (typeof value !== 'string') {
    return (
      <span className={`heddle-json-${value === null ? 'null' : typeof value}`}>{JSON.stringify(value) ?? '—'}</span>
    );
  }
  const isLong = value.length > LONG_TEXT && !all;
  return (
    <span className="heddle-json-string">
      {`"${isLong ? value.slice(0, LONG_TEXT) : value}${isLong ? '…' : ''}"`}
      {isLong ? (
        <Button size="small" type="link" onClick={() => setAll(true)}>
          {t('showAll', { count: value.length })}
        </Button>
      ) : null}
    </span>
  );
}
