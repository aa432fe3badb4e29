import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConditionGroup, ConditionRow } from '../../model/condition.ts';
import type { TrialPlace } from '../../model/data-sample.ts';
import { useScene } from '../scene.ts';
import { ConditionLine } from './condition-line.tsx';

type Part = ConditionRow | ConditionGroup;

/** The rows of a group, and groups within it, with a switch for all or any of them. */
export function ConditionRows(props: {
  readonly group: ConditionGroup;
  readonly place: TrialPlace;
  readonly onChange: (group: ConditionGroup) => void;
}) {
  const { t } = useTranslation('inspector');
  const { readOnly } = useScene();
  const { group, place, onChange } = props;
  const [adding, setAdding] = useState(false);
  const put = (rows: readonly Part[]) => onChange({ ...group, rows });
  const replace = (index: number, part: Part | undefined) =>
    put(group.rows.flatMap((row, at) => (at === index ? (part ?? []) : row)));
  const isAdding = adding || (group.rows.length === 0 && !readOnly);
  return (
    <div className="heddle-i-condition">
      {group.rows.length > 1 ? (
        <Segmented
          size="small"
          aria-label={t('condition.join')}
          value={group.join}
          disabled={readOnly}
          options={[
            { value: 'and', label: t('condition.all') },
            { value: 'or', label: t('condition.any') },
          ]}
          onChange={(join) => onChange({ ...group, join: join as 'and' | 'or' })}
        />
      ) : null}
      {group.rows.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is what stands at its place; it has no other name
        <div key={index} className="heddle-i-condition-part">
          {part.kind === 'group' ? (
            <ConditionRows group={part} place={place} onChange={(next) => replace(index, next)} />
          ) : (
            <ConditionLine row={part} place={place} onChange={(next) => replace(index, next)} />
          )}
          {readOnly ? null : (
            <Button
              size="small"
              type="text"
              icon={<DeleteOutlined aria-hidden="true" />}
              aria-label={t('condition.remove', { at: index + 1 })}
              title={t('condition.remove', { at: index + 1 })}
              onClick={() => replace(index, undefined)}
            />
          )}
        </div>
      ))}
      {isAdding ? (
        <ConditionLine
          row={undefined}
          place={place}
          autoFocus={adding}
          onChange={(row) => {
            setAdding(false);
            put([...group.rows, row]);
          }}
          onCancel={() => setAdding(false)}
        />
      ) : readOnly ? null : (
        <div className="heddle-i-condition-add">
          <Button size="small" type="dashed" icon={<PlusOutlined aria-hidden="true" />} onClick={() => setAdding(true)}>
            {t('condition.add')}
          </Button>
          {group.rows.length > 0 ? (
            <Button
              size="small"
              type="text"
              onClick={() =>
                put([
                  ...group.rows,
                  { ...group, join: group.join === 'and' ? 'or' : 'and', rows: group.rows.slice(-1) },
                ])
              }
            >
              {t('condition.addGroup')}
            </Button>
          ) : null}
        </div>
      )}
    </div>
  );
}
