import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import type { Json } from '@heddle/engine/errors';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PropertyPath } from '../model/value.ts';
import { useScene } from './scene.ts';

/** The items of a list one below the other, with keys to move them, take them out and add one. */
export function ItemList(props: {
  readonly path: PropertyPath;
  readonly items: readonly Json[];
  readonly label: string;
  /** What a new item is. */
  readonly beginning: Json;
  /** An empty list is taken away rather than kept. */
  readonly optional?: boolean;
  /** Its keys stand beside an item, not below it. */
  readonly compact?: boolean;
  readonly children: (item: Json, index: number) => ReactNode;
}) {
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const { items, path, label } = props;
  const set = (next: readonly Json[]) => change(path, next.length === 0 && props.optional ? undefined : next);
  const move = (from: number, to: number) => {
    const rest = items.filter((_, index) => index !== from);
    set([...rest.slice(0, to), items[from] ?? null, ...rest.slice(to)]);
  };
  return (
    <div className="heddle-i-items">
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an item is what stands at its place; it has no other name
        <div key={index} className="heddle-i-item" data-compact={props.compact ?? false}>
          <div className="heddle-i-item-body">{props.children(item, index)}</div>
          {readOnly ? null : (
            <div className="heddle-i-item-keys">
              <Button
                size="small"
                type="text"
                icon={<ArrowUpOutlined aria-hidden="true" />}
                disabled={index === 0}
                aria-label={t('list.up', { label, at: index + 1 })}
                title={t('list.up', { label, at: index + 1 })}
                onClick={() => move(index, index - 1)}
              />
              <Button
                size="small"
                type="text"
                icon={<ArrowDownOutlined aria-hidden="true" />}
                disabled={index === items.length - 1}
                aria-label={t('list.down', { label, at: index + 1 })}
                title={t('list.down', { label, at: index + 1 })}
                onClick={() => move(index, index + 1)}
              />
              <Button
                size="small"
                type="text"
                icon={<DeleteOutlined aria-hidden="true" />}
                aria-label={t('list.remove', { label, at: index + 1 })}
                title={t('list.remove', { label, at: index + 1 })}
                onClick={() => set(items.filter((_, at) => at !== index))}
              />
            </div>
          )}
        </div>
      ))}
      {readOnly ? null : (
        <Button
          size="small"
          type="dashed"
          block
          icon={<PlusOutlined aria-hidden="true" />}
          onClick={() => set([...items, props.beginning])}
        >
          {t('list.add', { label })}
        </Button>
      )}
    </div>
  );
}
