import type { Json } from '@heddle/engine/errors';
import { Input } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrialPlace } from '../../model/data-sample.ts';
import { logicOf, pathOfLogic } from '../../model/value.ts';
import { useTextDraft } from '../use-text-draft.ts';
import { PathPicker } from './path-picker.tsx';

/** A value that is a path, and what stands in for it where nothing is there. */
export function PathValue(props: {
  readonly id: string;
  readonly label: string;
  readonly value: Json | undefined;
  readonly place: TrialPlace;
  readonly likely: () => readonly string[];
  readonly disabled: boolean;
  readonly autoFocus: boolean;
  readonly onChange: (value: Json) => void;
  readonly onLiteral: (text: string) => void;
}) {
  const { t } = useTranslation('inspector');
  const read = pathOfLogic(logicOf(props.value));
  const { place, onChange, disabled } = props;
  const give = (path: string, fallback: Json | undefined) =>
    onChange({ $: { var: fallback === undefined ? path : [path, fallback] } });
  const isMaybe = read !== undefined && mayBeMissing(place, read.path);
  return (
    <>
      <PathPicker
        id={props.id}
        label={props.label}
        path={read?.path ?? ''}
        place={place}
        likely={props.likely}
        disabled={disabled}
        autoFocus={props.autoFocus}
        onPick={(path) => give(path, read?.fallback)}
        onLiteral={props.onLiteral}
      />
      {read?.fallback === undefined ? null : (
        <Fallback value={read.fallback} disabled={disabled} onChange={(fallback) => give(read.path, fallback)} />
      )}
      {isMaybe && read?.fallback === undefined && !disabled ? (
        <p className="heddle-i-hint">
          {t('path.maybe')}{' '}
          <button type="button" className="heddle-i-link" onClick={() => give(read.path, null)}>
            {t('path.giveDefault')}
          </button>
        </p>
      ) : null}
    </>
  );
}

const mayBeMissing = ({ reach }: TrialPlace, path: string): boolean => {
  const [root, name] = path.split('.');
  return reach.maybe.has(`${root}.${name}`) || (root === 'error' && reach.maybe.has('error'));
};

function Fallback(props: {
  readonly value: Json;
  readonly disabled: boolean;
  readonly onChange: (fallback: Json | undefined) => void;
}) {
  const { t } = useTranslation('inspector');
  const id = useId();
  const { text, type, flush } = useTextDraft(JSON.stringify(props.value), (next) => {
    if (next.trim() === '') return props.onChange(undefined);
    try {
      props.onChange(JSON.parse(next) as Json);
    } catch {
      // Words without quotes are a text.
      props.onChange(next);
    }
  });
  return (
    <div className="heddle-i-fallback">
      <label htmlFor={id}>{t('path.default')}</label>
      <Input
        id={id}
        size="small"
        value={text}
        disabled={props.disabled}
        onChange={(event) => type(event.target.value)}
        onBlur={flush}
      />
    </div>
  );
}
