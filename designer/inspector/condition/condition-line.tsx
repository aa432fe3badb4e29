import type { Json } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import { Select } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type ConditionOperand,
  type ConditionOperator,
  type ConditionRow,
  operatorsFor,
  takesOperand,
} from '../../model/condition.ts';
import type { TrialPlace } from '../../model/data-sample.ts';
import { choicesOf, isList, typesOf } from '../../model/data-schema.ts';
import { schemaOfPath } from '../../model/reach.ts';
import { suggestCondition } from '../../model/suggest-condition.ts';
import { useScene } from '../scene.ts';
import { PathPicker } from '../value/path-picker.tsx';
import { OperandInput } from './operand-input.tsx';

/** One row: a field, how it compares, and with what. Without a row, only its field is asked for. */
export function ConditionLine(props: {
  readonly row: ConditionRow | undefined;
  readonly place: TrialPlace;
  readonly autoFocus?: boolean;
  readonly onChange: (row: ConditionRow) => void;
  readonly onCancel?: () => void;
}) {
  const { t } = useTranslation('inspector');
  const { readOnly } = useScene();
  const { row, place, onChange } = props;
  const id = useId();
  const schema = row === undefined ? undefined : schemaOfPath(place.reach, row.path);
  const likely = operatorsFor(schema);
  const operators = row === undefined || likely.includes(row.operator) ? likely : [...likely, row.operator];
  return (
    <div className="heddle-i-condition-line">
      <label className="heddle-i-hidden" htmlFor={id}>
        {t('condition.field')}
      </label>
      <PathPicker
        id={id}
        label={t('condition.field')}
        path={row?.path ?? ''}
        place={place}
        likely={() => suggestCondition(place.reach).map(({ path }) => path)}
        disabled={readOnly}
        autoFocus={props.autoFocus ?? false}
        onPick={(path) => onChange(refit(path, row, place))}
        {...(props.onCancel ? { onCancel: props.onCancel } : {})}
      />
      {row === undefined ? null : (
        <div className="heddle-i-condition-test">
          <Select
            aria-label={t('condition.operator')}
            className="heddle-i-condition-operator"
            popupMatchSelectWidth={false}
            value={row.operator}
            disabled={readOnly}
            options={operators.map((operator) => ({ value: operator, label: t(`operators.${operator}`) }))}
            onChange={(operator: ConditionOperator) => onChange(withOperator(row, operator))}
          />
          {takesOperand(row.operator) ? (
            <OperandInput
              row={row}
              schema={schema}
              place={place}
              onChange={(operand) => onChange({ ...row, operand })}
            />
          ) : null}
        </div>
      )}
    </div>
  );
}

/** The row with another field: operator and value stay if they make sense for it. */
function refit(path: string, row: ConditionRow | undefined, place: TrialPlace): ConditionRow {
  const schema = schemaOfPath(place.reach, path);
  const [likeliest = '=='] = operatorsFor(schema);
  if (row !== undefined && operatorsFor(schema).includes(row.operator) && fits(row.operand, schema)) {
    const { fallback: _, ...rest } = row;
    return { ...rest, path };
  }
  const value: Json = choicesOf(schema)?.[0] ?? (isNumber(schema) ? 0 : '');
  return withOperator({ kind: 'row', path, operator: likeliest, operand: { kind: 'literal', value } }, likeliest);
}

const isNumber = (schema: JsonSchema | undefined): boolean => {
  const types = typesOf(schema).filter((type) => type !== 'null');
  return types.length > 0 && types.every((type) => type === 'integer' || type === 'number');
};

function fits(operand: ConditionOperand | undefined, schema: JsonSchema | undefined): boolean {
  if (operand?.kind !== 'literal') return true;
  const choices = choicesOf(schema);
  const values = isList(operand.value) ? operand.value : [operand.value];
  return values.every((value) =>
    choices ? choices.includes(value) : isNumber(schema) === (typeof value === 'number'),
  );
}

function withOperator(row: ConditionRow, operator: ConditionOperator): ConditionRow {
  const { operand, ...rest } = row;
  if (!takesOperand(operator)) return { ...rest, operator };
  const kept: ConditionOperand = operand ?? { kind: 'literal', value: '' };
  return { ...rest, operator, operand: fitted(kept, operator) };
}

/** `in` takes a list, all others one value. */
function fitted(operand: ConditionOperand, operator: ConditionOperator): ConditionOperand {
  if (operand.kind === 'path') return operator === 'in' ? { kind: 'literal', value: [] } : operand;
  const { value } = operand;
  if (operator === 'in') return { kind: 'literal', value: isList(value) ? value : value === '' ? [] : [value] };
  return { kind: 'literal', value: isList(value) ? (value[0] ?? '') : value };
}
