import type { SecretEntry } from '@heddle/engine/api/contract';
import { Link } from '@tanstack/react-router';
import { Button, Input, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSecretAction, useSecrets } from '../api/secrets.ts';
import { Badge } from '../ui/badge.tsx';
import { Empty } from '../ui/empty.tsx';
import { Labelled } from '../ui/labelled.tsx';
import { Failed, Loading } from '../ui/pending.tsx';
import { When } from '../ui/when.tsx';
import { Refusal } from './refusal.tsx';

const tones = { ready: 'good', missing: 'bad', locked: 'bad' } as const;

/** Secrets by name: where each goes, whether it may, and a way to enter it. Their values are never shown. */
export function Secrets() {
  const { t } = useTranslation('services');
  const { data, error, refetch } = useSecrets();
  const [saved, setSaved] = useState<string>();
  if (error && !data) return <Failed error={error} reset={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  if (data.secrets.length === 0) return <Empty title={t('secrets.none.title')} body={t('secrets.none.body')} />;
  return (
    <>
      <p className="heddle-lead">{t('secrets.help')}</p>
      {saved === undefined ? null : (
        <p role="status" className="heddle-good">
          {t('secrets.saved', { name: saved })}
        </p>
      )}
      <div className="heddle-scroll">
        <table className="heddle-rows">
          <thead>
            <tr>
              <th>{t('secrets.name')}</th>
              <th>{t('secrets.usedBy')}</th>
              <th>{t('secrets.updated')}</th>
              <th>
                <span className="heddle-unseen">{t('secrets.enter')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.secrets.map((secret) => (
              <Row key={secret.name} secret={secret} onSaved={() => setSaved(secret.name)} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Row({ secret, onSaved }: { readonly secret: SecretEntry; readonly onSaved: () => void }) {
  const { t } = useTranslation('services');
  const [value, setValue] = useState<string>();
  const act = useSecretAction();
  const { name, uses } = secret;
  const isEntered = secret.suite !== undefined;
  const isLocked = uses.some(({ state }) => state === 'locked');
  const close = () => {
    setValue(undefined);
    act.reset();
  };
  return (
    <tr>
      <td>
        <code>{name}</code>
      </td>
      <td className="heddle-break">
        {uses.length === 0 ? <span className="heddle-faint">{t('secrets.unused')}</span> : null}
        {uses.map(({ service, destination, state }) => (
          <div key={service} className="heddle-secret-use">
            <Link to="/app/services/$serviceId" params={{ serviceId: service }} className="heddle-plain-link">
              {service}
            </Link>
            <code className="heddle-aside">{destination}</code>
            <span className="heddle-mark">
              <Badge tone={tones[state]}>{t(`secrets.state.${state}`)}</Badge>
            </span>
          </div>
        ))}
      </td>
      <td>
        {secret.updatedAt === undefined ? t('secrets.never') : <When at={secret.updatedAt} />}
        {secret.updatedBy === undefined ? null : (
          <span className="heddle-sub">{t('secrets.by', { by: secret.updatedBy })}</span>
        )}
      </td>
      <td className="heddle-secret-form">
        {value === undefined ? (
          <div className="heddle-buttons">
            <Button
              size="small"
              type={isEntered && !isLocked ? 'default' : 'primary'}
              aria-label={`${isEntered ? (isLocked ? t('secrets.again') : t('secrets.replace')) : t('secrets.enter')} ${name}`}
              onClick={() => setValue('')}
            >
              {isEntered ? (isLocked ? t('secrets.again') : t('secrets.replace')) : t('secrets.enter')}
            </Button>
            {uses.length === 0 ? (
              <Popconfirm
                title={t('secrets.removeSure', { name })}
                okText={t('secrets.remove')}
                cancelText={t('secrets.keep')}
                onConfirm={() => act.mutate({ kind: 'remove', name })}
              >
                <Button size="small" danger>
                  {t('secrets.remove')}
                </Button>
              </Popconfirm>
            ) : null}
          </div>
        ) : (
          <form
            autoComplete="off"
            onSubmit={(event) => {
              event.preventDefault();
              if (value === '') return;
              act.mutate(
                { kind: 'enter', name, value },
                {
                  onSuccess: () => {
                    close();
                    onSaved();
                  },
                },
              );
            }}
          >
            <Labelled label={t('secrets.value', { name })}>
              {(id) => (
                <Input.Password
                  id={id}
                  autoFocus
                  visibilityToggle={false}
                  autoComplete="new-password"
                  maxLength={65_536}
                  value={value}
                  onChange={({ target }) => setValue(target.value)}
                />
              )}
            </Labelled>
            <div className="heddle-buttons">
              <Button size="small" type="primary" htmlType="submit" disabled={value === ''} loading={act.isPending}>
                {t('secrets.save')}
              </Button>
              <Button size="small" onClick={close}>
                {t('secrets.cancel')}
              </Button>
            </div>
          </form>
        )}
        {act.error ? <Refusal error={act.error} /> : null}
      </td>
    </tr>
  );
}

/** Says that calls of a service will fail because a secret of it cannot be sent. */
export function SecretWarning({ service }: { readonly service: string }) {
  const { t } = useTranslation('services');
  const { data } = useSecrets();
  const namesIn = (state: 'missing' | 'locked') =>
    (data?.secrets ?? []).flatMap(({ name, uses }) =>
      uses.some((use) => use.service === service && use.state === state) ? [name] : [],
    );
  const lines = (['missing', 'locked'] as const).flatMap((state) => {
    const names = namesIn(state);
    return names.length === 0 ? [] : [{ state, names: names.join(', ') }];
  });
  if (lines.length === 0) return null;
  return (
    <div className="heddle-refusal" role="alert">
      {lines.map(({ state, names }) => (
        <p key={state}>{t(`secrets.warning.${state}`, { names })}</p>
      ))}
      <Link to="/app/services" search={{ tab: 'secrets' }}>
        {t('secrets.go')}
      </Link>
    </div>
  );
}
