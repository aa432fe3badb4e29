import { LinkOutlined } from '@ant-design/icons';
import type { Json } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import { Input, InputNumber, Select } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConditionOperand, ConditionRow } from '../../model/condition.ts';
import type { TrialPlace } from '../../model/data-sample.ts';
import { choicesOf, isList, typesOf } from '../../model/data-schema.ts';
import { useScene } from '../scene.ts';
import { useTextDraft } from '../use-text-draft.ts';
import { PathPicker } from '../value/path-picker.tsx';

interface OperandProps {
  readonly row: ConditionRow;
  /** Of the field that is compared. */
  readonly schema: JsonSchema | undefined;
  readonly place: TrialPlace;
  readonly onChange: (operand: ConditionOperand) => void;
}

/** What a row compares with: a value that fits its field, or another field. */
export function OperandInput(props: OperandProps) {
  const { t } = useTranslation('inspector');
  const { readOnly } = useScene();
  const { row, place, onChange } = props;
  const id = useId();
  const [picking, setPicking] = useState(false);
  const operand = row.operand ?? { kind: 'literal', value: '' };
  const isPath = picking || operand.kind === 'path';
  const toggle = () => {
    if (isPath && operand.kind === 'path') onChange({ kind: 'literal', value: '' });
    setPicking(!isPath);
  };
  return (
    <div className="heddle-i-operand">
      {isPath ? (
        <>
          <label className="heddle-i-hidden" htmlFor={id}>
            {t('condition.value')}
          </label>
          <PathPicker
            id={id}
            label={t('condition.value')}
            path={operand.kind === 'path' ? operand.path : ''}
            place={place}
            disabled={readOnly}
            autoFocus={picking}
            onPick={(path) => {
              setPicking(false);
              onChange({ kind: 'path', path });
            }}
          />
        </>
      ) : (
        <LiteralOperand {...props} value={operand.kind === 'literal' ? operand.value : ''} />
      )}
      {row.operator === 'in' || readOnly ? null : (
        <button
          type="button"
          className="heddle-i-icon"
          aria-pressed={isPath}
          aria-label={t('condition.withField')}
          title={t('condition.withField')}
          onClick={toggle}
        >
          <LinkOutlined aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

function LiteralOperand({ row, schema, value, onChange }: OperandProps & { readonly value: Json }) {
  const { t } = useTranslation('inspector');
  const { readOnly } = useScene();
  const give = (next: Json) => onChange({ kind: 'literal', value: next });
  const choices = choicesOf(schema);
  const types = typesOf(schema).filter((type) => type !== 'null');
  const isNumber = types.length === 1 && (types[0] === 'integer' || types[0] === 'number');
  const common = { 'aria-label': t('condition.value'), disabled: readOnly };
  if (row.operator === 'in') {
    const read = (text: string): Json =>
      isNumber && text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    return (
      <Select
        {...common}
        mode="tags"
        style={{ width: '100%' }}
        value={(isList(value) ? value : []).map(String)}
        options={(choices ?? []).map((choice) => ({ value: String(choice), label: String(choice) }))}
        tokenSeparators={[',', '，']}
        onChange={(next: string[]) => give(next.map(read))}
      />
    );
  }
  if (choices !== undefined && choices.length > 1) {
    return (
      <Select
        {...common}
        style={{ width: '100%' }}
        value={JSON.stringify(value)}
        options={choices.map((choice) => ({ value: JSON.stringify(choice), label: String(choice) }))}
        onChange={(next: string) => give(JSON.parse(next) as Json)}
      />
    );
  }
  if (types.length === 1 && types[0] === 'boolean') {
    return (
      <Select
        {...common}
        style={{ width: '100%' }}
        value={value === true}
        options={[true, false].map((choice) => ({ value: choice, label: t(choice ? 'yes' : 'no') }))}
        onChange={give}
      />
    );
  }
  if (isNumber) {
    return (
      <InputNumber
        {...common}
        style={{ width: '100%' }}
        value={typeof value === 'number' ? value : null}
        onChange={(next) => give(next ?? 0)}
      />
    );
  }
  return <TextOperand value={value} isOpen={types.length !== 1} onChange={give} />;
}

/** A text; where the schema does not say what the field is, `12`, `true` and `null` are what they look like. */
function TextOperand(props: {
  readonly value: Json;
  readonly isOpen: boolean;
  readonly onChange: (value: Json) => void;
}) {
  const { t } = useTranslation('inspector');
  const { readOnly } = useScene();
  const shown =
    typeof props.value === 'string' ? quotedIfNeeded(props.value, props.isOpen) : JSON.stringify(props.value);
  const { text, type, flush } = useTextDraft(shown, (next) => props.onChange(props.isOpen ? guessed(next) : next));
  return (
    <Input
      aria-label={t('condition.value')}
      value={text}
      disabled={readOnly}
      onChange={(event) => type(event.target.value)}
      onBlur={flush}
    />
  );
}

const literal = /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?|".*")$/;

function guessed(text: string): Json {
  if (!literal.test(text)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

const quotedIfNeeded = (text: string, isOpen: boolean) => (isOpen && literal.test(text) ? JSON.stringify(text) : text);
