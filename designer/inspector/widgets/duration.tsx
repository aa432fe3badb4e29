import { Button, Input, InputNumber, Select, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keyword } from '../../model/data-schema.ts';
import { Row } from '../field.tsx';
import { useScene, type WidgetProps } from '../scene.ts';
import { useTextDraft } from '../use-text-draft.ts';

const units = ['ms', 's', 'm', 'h', 'd'] as const;
const plain = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** A duration as a number with its unit; one in another notation, such as `PT1H30M`, stays a text. */
export function DurationWidget({ field, path, value, label, id }: WidgetProps) {
  return (
    <Row id={id} label={label} required={field.required} path={path}>
      <DurationInput field={field} path={path} value={value} label={label} id={id} />
    </Row>
  );
}

/** The control without its label. */
export function DurationInput({ field, path, value, label, id }: WidgetProps) {
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const fallback = plain.exec(String(keyword(field.schema, 'default') ?? ''));
  const known = typeof value === 'string' ? plain.exec(value) : null;
  const [unit, setUnit] = useState(known?.[2] ?? fallback?.[2] ?? 's');
  const shown = known?.[2] ?? unit;
  if (typeof value === 'string' && known === null) return <IsoText path={path} value={value} id={id} />;
  return (
    <Space.Compact block>
      <InputNumber
        id={id}
        min={0}
        style={{ flex: 1 }}
        value={known === null ? null : Number(known[1])}
        placeholder={fallback?.[1] ?? ''}
        disabled={readOnly}
        onChange={(next) => change(path, next === null ? undefined : `${next}${shown}`)}
      />
      <Select
        aria-label={t('duration.unit', { label })}
        style={{ width: 92 }}
        value={shown}
        disabled={readOnly}
        options={units.map((name) => ({ value: name, label: t(`duration.${name}`) }))}
        onChange={(next: string) => {
          setUnit(next);
          if (known) change(path, `${known[1]}${next}`);
        }}
      />
    </Space.Compact>
  );
}

function IsoText({
  path,
  value,
  id,
}: {
  readonly path: WidgetProps['path'];
  readonly value: string;
  readonly id: string;
}) {
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const { text, type, flush } = useTextDraft(value, (next) => change(path, next === '' ? undefined : next));
  return (
    <Space.Compact block>
      <Input id={id} value={text} disabled={readOnly} onChange={(event) => type(event.target.value)} onBlur={flush} />
      <Button disabled={readOnly} onClick={() => change(path, undefined)}>
        {t('clear')}
      </Button>
    </Space.Compact>
  );
}
