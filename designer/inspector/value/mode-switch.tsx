import { FunctionOutlined, LinkOutlined } from '@ant-design/icons';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ValueKind } from '../../model/value.ts';

const modes: readonly ValueKind[] = ['literal', 'path', 'formula'];
const signs: Readonly<Record<ValueKind, ReactNode>> = {
  literal: 'Aa',
  path: <LinkOutlined aria-hidden="true" />,
  formula: <FunctionOutlined aria-hidden="true" />,
};

/** How a value is given: as it is, as a path, as a formula. */
export function ModeSwitch(props: {
  readonly label: string;
  readonly mode: ValueKind;
  readonly disabled: boolean;
  readonly onChange: (mode: ValueKind) => void;
}) {
  const { t } = useTranslation('inspector');
  return (
    <span className="heddle-i-modes" role="radiogroup" aria-label={t('mode.label', { label: props.label })}>
      {modes.map((mode) => (
        // biome-ignore lint/a11y/useSemanticElements: three small keys in one frame, which radio inputs cannot be
        <button
          key={mode}
          type="button"
          role="radio"
          aria-checked={mode === props.mode}
          aria-label={t(`mode.${mode}`)}
          title={t(`mode.${mode}`)}
          disabled={props.disabled}
          onClick={() => props.onChange(mode)}
        >
          {signs[mode]}
        </button>
      ))}
    </span>
  );
}
