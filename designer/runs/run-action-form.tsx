import { AutoComplete, Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Labelled } from '../ui/labelled.tsx';
import type { RunAction } from './allowed.ts';
import { readJsonText } from './json-text.ts';

/** Asks whether to do it, and for cancel and terminate why. */
export function AskReason(props: {
  readonly action: Exclude<RunAction, 'signal'>;
  readonly isBusy: boolean;
  readonly refusal: Error | null;
  readonly onConfirm: (reason: string) => void;
  readonly onClose: () => void;
}) {
  const { action, isBusy, refusal, onConfirm, onClose } = props;
  const { t } = useTranslation('runs');
  const [reason, setReason] = useState('');
  const isDangerous = action === 'cancel' || action === 'terminate';
  return (
    <Ask
      question={t(`ask.${action}`)}
      onClose={onClose}
      refusal={refusal}
      button={
        <Button type="primary" danger={isDangerous} loading={isBusy} onClick={() => onConfirm(reason.trim())}>
          {t(`action.${action}`)}
        </Button>
      }
    >
      {isDangerous ? (
        <Labelled label={t('reason')}>
          {(id) => (
            <Input id={id} value={reason} maxLength={2_000} onChange={(event) => setReason(event.target.value)} />
          )}
        </Labelled>
      ) : null}
    </Ask>
  );
}

export function AskSignal(props: {
  readonly events: readonly string[];
  readonly isBusy: boolean;
  readonly refusal: Error | null;
  readonly onSend: (name: string, correlation: string, payload: unknown) => void;
  readonly onClose: () => void;
}) {
  const { events, isBusy, refusal, onSend, onClose } = props;
  const { t } = useTranslation('runs');
  const [name, setName] = useState(events[0] ?? '');
  const [correlation, setCorrelation] = useState('');
  const [text, setText] = useState('{}');
  const read = readJsonText(text);
  const problem = 'problem' in read ? read.problem : undefined;
  return (
    <Ask
      question={t('ask.signal')}
      onClose={onClose}
      refusal={refusal}
      button={
        <Button
          type="primary"
          loading={isBusy}
          disabled={name === '' || problem !== undefined}
          onClick={() => onSend(name, correlation.trim(), 'value' in read ? read.value : null)}
        >
          {t('action.signal')}
        </Button>
      }
    >
      <Labelled label={t('eventName')}>
        {(id) => <AutoComplete id={id} value={name} options={events.map((value) => ({ value }))} onChange={setName} />}
      </Labelled>
      <Labelled label={t('correlation')}>
        {(id) => <Input id={id} value={correlation} onChange={(event) => setCorrelation(event.target.value)} />}
      </Labelled>
      <JsonField label={t('payload')} text={text} problem={problem} onChange={setText} />
    </Ask>
  );
}

/** A field for a small JSON, with what is wrong with it below. */
export function JsonField(props: {
  readonly label: string;
  readonly text: string;
  readonly problem: string | undefined;
  readonly onChange: (text: string) => void;
}) {
  const { t } = useTranslation('runs');
  return (
    <Labelled label={props.label}>
      {(id) => (
        <>
          <Input.TextArea
            id={id}
            className="heddle-code"
            autoSize={{ minRows: 3, maxRows: 12 }}
            spellCheck={false}
            value={props.text}
            status={props.problem === undefined ? '' : 'error'}
            onChange={(event) => props.onChange(event.target.value)}
          />
          {props.problem === undefined ? null : (
            <span className="heddle-wrong" role="alert">
              {t('notJson', { message: props.problem })}
            </span>
          )}
        </>
      )}
    </Labelled>
  );
}

export function Ask(props: {
  readonly question: string;
  readonly button: ReactNode;
  /** Why the engine did not do it. */
  readonly refusal: Error | null;
  readonly children?: ReactNode;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation('runs');
  return (
    <div className="heddle-ask">
      <p>{props.question}</p>
      {props.children}
      {props.refusal ? (
        <span className="heddle-wrong" role="alert">
          {props.refusal.message}
        </span>
      ) : null}
      <div className="heddle-ask-buttons">
        <Button onClick={props.onClose}>{t('no')}</Button>
        {props.button}
      </div>
    </div>
  );
}
