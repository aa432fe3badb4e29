import { CheckOutlined } from '@ant-design/icons';
import type { Json } from '@heddle/engine/errors';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormulaEditor } from '../../formula/index.ts';
import { type ConditionGroup, conditionOf, logicOfCondition } from '../../model/condition.ts';
import { toPointer } from '../../model/value.ts';
import { Row } from '../field.tsx';
import { usePlace, useScene, type WidgetProps } from '../scene.ts';
import { Resolved } from '../value/resolved.tsx';
import { ConditionRows } from './condition-rows.tsx';

const always: ConditionGroup = { kind: 'group', join: 'and', rows: [] };

/** A condition as rows of field, operator and value, or as a formula; rows are offered only where they say all of it. */
export function ConditionWidget({ field, path, value, label, id }: WidgetProps) {
  const { t } = useTranslation('inspector');
  const { change, confirm, readOnly, suggested } = useScene();
  const place = usePlace(path);
  const [wantsFormula, setWantsFormula] = useState(false);
  const condition = value === undefined || value === '' ? always : conditionOf(value);
  const asFormula = wantsFormula || condition === undefined;
  const pointer = toPointer(path);
  const isSuggested = suggested.has(pointer);
  const set = (next: Json) => change(path, next);
  return (
    <div className="heddle-i-value" data-suggested={isSuggested}>
      <Row
        id={id}
        label={label}
        required={field.required}
        path={path}
        deep
        group={!asFormula}
        aside={
          <>
            {isSuggested && !readOnly ? (
              <button type="button" className="heddle-i-accept" onClick={() => confirm(pointer)} title={t('suggested')}>
                <CheckOutlined aria-hidden />
                {t('accept')}
              </button>
            ) : null}
            <button
              type="button"
              className="heddle-i-link"
              disabled={condition === undefined}
              title={condition === undefined ? t('condition.onlyFormula') : undefined}
              onClick={() => setWantsFormula(!asFormula)}
            >
              {asFormula ? t('condition.asRows') : t('condition.asFormula')}
            </button>
          </>
        }
      >
        {asFormula || condition === undefined ? (
          <FormulaEditor
            id={id}
            label={label}
            value={value === '' ? undefined : value}
            autoFocus={wantsFormula}
            place={place}
            disabled={readOnly}
            onChange={set}
          />
        ) : (
          <ConditionRows group={condition} place={place} onChange={(next) => set(logicOfCondition(next))} />
        )}
        {value === undefined || value === '' || value === true ? null : <Resolved logic value={value} place={place} />}
      </Row>
    </div>
  );
}
