import type { EffectivePolicy, Operation } from '@heddle/engine/api/contract';
import { Button, InputNumber, Segmented } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { type Level, useChangePolicy, useGroups } from '../api/services.ts';
import { sampleOf } from '../model/sample.ts';
import { Labelled } from '../ui/labelled.tsx';
import { MockFields } from './mock-fields.tsx';
import {
  fields,
  type MockForm,
  mockFormOf,
  mockOf,
  type Numbers,
  nearer,
  numbersOf,
  type Part,
  partOf,
  patchOf,
} from './policy-edit.ts';
import { Refusal } from './refusal.tsx';

type Mode = 'set' | 'off' | 'inherit';

/** Changes one part of a policy at one level. @param props.onClose with whether something was saved */
export function PolicyForm(props: {
  readonly view: EffectivePolicy;
  readonly part: Part;
  readonly operation: Operation;
  readonly onClose: (isSaved: boolean) => void;
}) {
  const { view, part, operation, onClose } = props;
  const { t } = useTranslation('services');
  const groupNow = useGroups().data?.groups.find(({ id }) => id === view.group);
  const start = valueFor(view, part, 'operation');
  const [level, setLevel] = useState<Level>('operation');
  const [mode, setMode] = useState<Mode>(view.levels.operation[part] === false ? 'off' : 'set');
  const [numbers, setNumbers] = useState<Numbers>(part === 'mock' ? {} : numbersOf(part, start));
  const [mock, setMock] = useState<MockForm>(mockFormOf(start, sampleOf(operation.response as never)));
  const [problem, setProblem] = useState<string>();
  // A change is made for what was seen when the form was opened, whatever has been loaded since.
  const [seen, setSeen] = useState({ view, group: groupNow });
  const group = seen.group ?? groupNow;
  const save = useChangePolicy({ service: view.service, operation: view.operation, group: view.group });
  const isConflict = save.error instanceof ApiError && save.error.code === 'SERVICE_CHANGED';
  useEffect(() => {
    if (isConflict) setSeen({ view, group: groupNow });
  }, [isConflict, view, groupNow]);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);

  const pickLevel = (next: Level) => {
    setLevel(next);
    const value = valueFor(view, part, next);
    setMode(view.levels[next]?.[part] === false ? 'off' : 'set');
    if (part === 'mock') setMock(mockFormOf(value, sampleOf(operation.response as never)));
    else setNumbers(numbersOf(part, value));
  };
  const submit = () => {
    let after: unknown = mode === 'off' ? false : undefined;
    if (mode === 'set') {
      try {
        after = part === 'mock' ? mockOf(mock) : partOf(part, numbers);
      } catch (error) {
        return setProblem(t('tryIt.notJson', { message: error instanceof Error ? error.message : String(error) }));
      }
      if (after === undefined) return setProblem(t('policy.missing'));
    }
    setProblem(undefined);
    const before = level === 'group' ? group?.policy?.[part] : seen.view.levels[level]?.[part];
    const revision = level === 'group' ? (group?.revision ?? 0) : seen.view.revision;
    save.mutate({ level, patch: patchOf(part, before, after), revision }, { onSuccess: () => onClose(true) });
  };
  const winner = nearer(view.levels, part, level);
  const levels: readonly Level[] =
    view.group === undefined ? ['service', 'operation'] : ['group', 'service', 'operation'];
  const modes: readonly Mode[] = part === 'timeoutMs' ? ['set', 'inherit'] : ['set', 'off', 'inherit'];
  return (
    <form
      ref={form}
      className="heddle-policy-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="heddle-buttons">
        <Segmented
          aria-label={t('policy.level')}
          value={level}
          options={levels.map((value) => ({
            value,
            label: value === 'group' ? t('policy.levels.group', { id: view.group ?? '' }) : t(`policy.levels.${value}`),
          }))}
          onChange={pickLevel}
        />
        <Segmented
          aria-label={t('policy.mode')}
          value={mode}
          options={modes.map((value) => ({ value, label: t(`policy.modes.${value}`) }))}
          onChange={setMode}
        />
      </div>
      {mode === 'set' ? null : (
        <p className="heddle-faint">{mode === 'off' ? t('policy.offHelp') : t('policy.inheritHelp')}</p>
      )}
      {mode === 'set' && part !== 'mock' ? (
        <div className="heddle-policy-fields">
          {fields[part].map(({ name, required, min, max }) => (
            <Labelled key={name} label={t(`policy.field.${name}`)}>
              {(id) => (
                <InputNumber
                  id={id}
                  min={min}
                  {...(max === undefined ? {} : { max })}
                  precision={0}
                  aria-required={required === true}
                  {...(required ? {} : { placeholder: t('policy.ofDefault') })}
                  value={numbers[name] ?? null}
                  onChange={(value) => setNumbers(withNumber(numbers, name, value))}
                />
              )}
            </Labelled>
          ))}
        </div>
      ) : null}
      {mode === 'set' && part === 'mock' ? <MockFields form={mock} onChange={setMock} /> : null}
      {winner === 'service' || winner === 'operation' ? (
        <p className="heddle-wrong" role="status">
          {t(`policy.nearer.${winner}`)}
        </p>
      ) : null}
      {problem === undefined ? null : (
        <p className="heddle-wrong" role="alert">
          {problem}
        </p>
      )}
      {isConflict ? (
        <p className="heddle-wrong" role="alert">
          {t('policy.conflict')}
        </p>
      ) : save.error ? (
        <Refusal error={save.error} />
      ) : null}
      <div className="heddle-buttons">
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('policy.save')}
        </Button>
        <Button onClick={() => onClose(false)}>{t('policy.cancel')}</Button>
      </div>
    </form>
  );
}

/** What the form begins with: what the level says, else what is in force. */
function valueFor({ levels, policy }: EffectivePolicy, part: Part, level: Level): unknown {
  return levels[level]?.[part] || policy[part].value;
}

function withNumber(numbers: Numbers, name: keyof Numbers, value: number | null): Numbers {
  const { [name]: _before, ...rest } = numbers;
  return value === null ? rest : { ...rest, [name]: value };
}
