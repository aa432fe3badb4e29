import { PlayCircleOutlined } from '@ant-design/icons';
import type { Operation, OperationTried, Problem } from '@heddle/engine/api/contract';
import { Button, Input, Segmented } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { useTryOperation } from '../api/services.ts';
import { sampleOf } from '../model/sample.ts';
import { JsonView } from '../ui/json-view/index.ts';
import { SchemaFields, type SchemaForm } from '../ui/schema-form/index.ts';
import { useFormat } from '../ui/use-format.ts';
import { isSchema, membersOf, resolved } from './schema-lines.ts';

/** A console: gives an operation an input, calls it now, and shows what came back. */
export function TryOperation(props: {
  readonly service: string;
  readonly name: string;
  readonly operation: Operation;
  readonly isMocked: boolean;
}) {
  const { service, name, operation, isMocked } = props;
  const { t } = useTranslation('services');
  const [mode, setMode] = useState<'form' | 'json'>('form');
  const [input, setInput] = useState<unknown>({});
  const [text, setText] = useState('{}');
  const [problem, setProblem] = useState<string>();
  const form = useRef<SchemaForm>(null);
  const call = useTryOperation(service, name);
  const schema = isSchema(operation.request) ? operation.request : {};
  const hasForm = membersOf(resolved(schema, schema), schema).length > 0;
  const shown = hasForm ? mode : 'json';
  const replace = (value: unknown) => {
    setInput(value);
    setText(JSON.stringify(value, null, 2));
    setProblem(undefined);
  };
  const send = () => {
    if (shown === 'form' && form.current?.validate() === false) return;
    call.mutate(input);
  };
  return (
    <section className="heddle-card heddle-try" aria-label={t('part.tryIt')}>
      <div className="heddle-try-head">
        <h2>{t('part.tryIt')}</h2>
        {hasForm ? (
          <Segmented
            size="small"
            aria-label={t('tryIt.mode')}
            value={mode}
            options={[
              { value: 'form', label: t('tryIt.asForm') },
              { value: 'json', label: t('tryIt.asJson') },
            ]}
            onChange={(value) => {
              setText(JSON.stringify(input, null, 2));
              setMode(value === 'json' ? 'json' : 'form');
            }}
          />
        ) : null}
        <Button size="small" type="link" onClick={() => replace(sampleOf(operation.request as never))}>
          {t('tryIt.example')}
        </Button>
      </div>
      <div className="heddle-try-body">
        <div>
          {shown === 'form' ? (
            <SchemaFields form={form} idPrefix={`try-${name}`} schema={schema} value={input} onChange={setInput} />
          ) : (
            <JsonInput
              text={text}
              problem={problem}
              onChange={(now, value, wrong) => {
                setText(now);
                setProblem(wrong);
                if (wrong === undefined) setInput(value);
              }}
            />
          )}
          <div className="heddle-try-send">
            <Button
              type="primary"
              icon={<PlayCircleOutlined aria-hidden="true" />}
              loading={call.isPending}
              disabled={shown === 'json' && problem !== undefined}
              onClick={send}
            >
              {t('tryIt.send')}
            </Button>
            {isMocked ? <span className="heddle-faint">{t('mockedHelp')}</span> : null}
            {operation.readOnly === true || isMocked ? null : (
              <span className={operation.movesMoney === true ? 'heddle-wrong' : 'heddle-faint'}>
                {operation.movesMoney === true ? t('tryIt.warnMoney') : t('tryIt.warn')}
              </span>
            )}
          </div>
        </div>
        <div aria-live="polite">
          {call.error ? <Refused error={call.error} /> : null}
          {call.data ? <Answered tried={call.data} /> : null}
        </div>
      </div>
    </section>
  );
}

function JsonInput(props: {
  readonly text: string;
  readonly problem: string | undefined;
  readonly onChange: (text: string, value: unknown, problem?: string) => void;
}) {
  const { t } = useTranslation('services');
  return (
    <>
      <Input.TextArea
        className="heddle-code"
        aria-label={t('tryIt.input')}
        autoSize={{ minRows: 5, maxRows: 24 }}
        spellCheck={false}
        value={props.text}
        onChange={({ target: { value } }) => {
          try {
            props.onChange(value, value.trim() === '' ? {} : JSON.parse(value));
          } catch (error) {
            props.onChange(value, undefined, error instanceof Error ? error.message : String(error));
          }
        }}
      />
      {props.problem === undefined ? null : (
        <span className="heddle-wrong" role="alert">
          {t('tryIt.notJson', { message: props.problem })}
        </span>
      )}
    </>
  );
}

function Answered({ tried }: { readonly tried: OperationTried }) {
  const { t } = useTranslation('services');
  const format = useFormat();
  const took = format.duration(tried.durationMs);
  if (tried.ok)
    return (
      <>
        <p className="heddle-good">{t('tryIt.answered', { took })}</p>
        <JsonView value={tried.output} label={t('tryIt.answer')} open={2} />
      </>
    );
  const { code, message, details } = tried.error;
  const status = (details as { readonly status?: unknown } | undefined)?.status;
  return (
    <>
      <p className="heddle-bad">{t('tryIt.refused', { took })}</p>
      <p>
        <code className="heddle-bad">{code}</code> {message}
      </p>
      {typeof status === 'number' ? <p className="heddle-faint">{t('tryIt.httpStatus', { status })}</p> : null}
      {details === undefined ? null : <JsonView value={details} label={t('tryIt.details')} />}
    </>
  );
}

/** The engine did not call: the input does not fit, or it could not be reached. */
function Refused({ error }: { readonly error: Error }) {
  const { t } = useTranslation('services');
  const problems = error instanceof ApiError ? (error.document.problems as readonly Problem[] | undefined) : undefined;
  if (!problems?.length) return <p className="heddle-wrong">{error.message}</p>;
  return (
    <>
      <p className="heddle-wrong">{t('tryIt.misfit')}</p>
      <ul className="heddle-uses">
        {problems.map(({ pointer, message }) => (
          <li key={`${pointer} ${message}`}>
            <code>{pointer.replace(/^\/input/, '') || '/'}</code> {message}
          </li>
        ))}
      </ul>
    </>
  );
}
