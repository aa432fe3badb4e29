import { ArrowLeftOutlined } from '@ant-design/icons';
import type { ImportResult } from '@heddle/engine/api/contract';
import { Button, Input, Segmented } from 'antd';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Import, useConnectors, useImport } from '../api/services.ts';
import { Labelled } from '../ui/labelled.tsx';
import { SchemaFields, type SchemaForm } from '../ui/schema-form/index.ts';
import { useText } from '../ui/text.ts';
import { type Document, DocumentInput, noDocument } from './document-input.tsx';
import { type Files, FromFiles } from './from-files.tsx';
import { isSameImport, splitFiles, withoutEmptied } from './import-form.ts';
import { Imported, ImportPreview } from './import-preview.tsx';
import { Refusal } from './refusal.tsx';

const OPENAPI = 'openapi';

/** Makes services of OpenAPI documents or by asking them: look first, then save. */
export function Importer({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('services');
  const say = useText();
  const connectors = (useConnectors().data?.connectors ?? []).filter(({ discoverFrom }) => discoverFrom !== undefined);
  const [kind, setKind] = useState(OPENAPI);
  const chosen = connectors.find(({ protocol }) => protocol === kind);
  return (
    <div className="heddle-page">
      <Button type="link" className="heddle-back-button" icon={<ArrowLeftOutlined aria-hidden />} onClick={onClose}>
        {t('importer.back')}
      </Button>
      <div className="heddle-page-head">
        <h1>{t('importer.title')}</h1>
        <Segmented
          aria-label={t('importer.from')}
          value={kind}
          options={[
            { value: OPENAPI, label: t('importer.openapi') },
            ...connectors.map(({ protocol, title }) => ({ value: protocol, label: say(title) ?? protocol })),
          ]}
          onChange={setKind}
        />
      </div>
      {chosen === undefined ? (
        <OpenApi key={OPENAPI} />
      ) : (
        <Discover key={chosen.protocol} connector={chosen.protocol} schema={chosen.discoverFrom as object} />
      )}
    </div>
  );
}

function OpenApi() {
  const { t } = useTranslation('services');
  const [document, setDocument] = useState<Document>(noDocument);
  const [id, setId] = useState('');
  const [baseUrl, setBaseUrl] = useState('');
  const given = document.kind === 'url' ? document.url.trim() : document.text;
  const what: Import = {
    kind: 'openapi',
    ...(document.kind === 'url' ? { url: given } : { text: given }),
    ...(id.trim() !== '' && { id: id.trim() }),
    ...(baseUrl.trim() !== '' && { baseUrl: baseUrl.trim() }),
  };
  return (
    <Steps
      what={what}
      isReady={given.trim() !== ''}
      onFound={({ service: { id: made, config } }) => {
        setId(made);
        if (typeof config['baseUrl'] === 'string') setBaseUrl(config['baseUrl']);
        const url = typeof config['baseUrl'] === 'string' ? { baseUrl: config['baseUrl'] } : {};
        return { ...what, id: made, ...url };
      }}
    >
      <DocumentInput
        document={document}
        onChange={(next) => {
          setDocument(next);
          // They were filled in for the document before.
          setId('');
          setBaseUrl('');
        }}
      />
      <div className="heddle-import-names">
        <IdInput value={id} onChange={setId} />
        <Labelled label={t('importer.baseUrl')}>
          {(field) => (
            <Input
              id={field}
              placeholder={t('importer.baseUrlHint')}
              value={baseUrl}
              onChange={({ target }) => setBaseUrl(target.value)}
            />
          )}
        </Labelled>
      </div>
    </Steps>
  );
}

function Discover({ connector, schema }: { readonly connector: string; readonly schema: object }) {
  const { files: fileMembers, rest } = useMemo(() => splitFiles(schema), [schema]);
  const [typed, setTyped] = useState<unknown>({});
  const [files, setFiles] = useState<Readonly<Record<string, Files>>>({});
  const [id, setId] = useState('');
  const form = useRef<SchemaForm>(null);
  const given = Object.fromEntries(Object.entries(files).filter(([, texts]) => Object.keys(texts).length > 0));
  const from = { ...(typed as object), ...given };
  const what: Import = { kind: 'discover', connector, from, ...(id.trim() !== '' && { id: id.trim() }) };
  return (
    <Steps
      what={what}
      isReady
      validate={() => form.current?.validate() ?? true}
      onFound={({ service }) => {
        setId(service.id);
        return { ...what, id: service.id };
      }}
    >
      <SchemaFields
        form={form}
        idPrefix={`from-${connector}`}
        schema={rest}
        value={typed}
        onChange={(value) => setTyped(withoutEmptied(value) ?? {})}
      />
      {fileMembers.map(({ name, title, description }) => (
        <FromFiles
          key={name}
          label={title}
          help={description}
          files={files[name] ?? {}}
          onChange={(texts) => setFiles({ ...files, [name]: texts })}
        />
      ))}
      <div className="heddle-import-names">
        <IdInput value={id} onChange={setId} />
      </div>
    </Steps>
  );
}

function IdInput({ value, onChange }: { readonly value: string; readonly onChange: (id: string) => void }) {
  const { t } = useTranslation('services');
  return (
    <Labelled label={t('importer.id')}>
      {(field) => (
        <>
          <Input
            id={field}
            maxLength={64}
            placeholder={t('importer.idHint')}
            value={value}
            onChange={({ target }) => onChange(target.value)}
          />
          <span className="heddle-faint">{t('importer.idHelp')}</span>
        </>
      )}
    </Labelled>
  );
}

/** A dry run of what the form says, what would come of it, and the button that does it. */
function Steps(props: {
  readonly what: Import;
  readonly isReady: boolean;
  /** Shows what is missing in the form. @returns whether nothing is */
  readonly validate?: () => boolean;
  /** Fills the form with what was found. @returns what the form says then */
  readonly onFound: (found: ImportResult) => Import;
  readonly children: ReactNode;
}) {
  const { what, isReady, validate, onFound, children } = props;
  const { t } = useTranslation('services');
  const look = useImport();
  const save = useImport();
  /** What the form said when it was looked at. */
  const [checked, setChecked] = useState<Import>();
  const isSame = isSameImport(checked, what);
  const check = () => {
    save.reset();
    if (validate?.() === false) return;
    look.mutate(
      { what, dryRun: true },
      { onSuccess: (found) => setChecked(onFound(found)), onError: () => setChecked(undefined) },
    );
  };
  const found = look.data;
  return (
    <>
      <section className="heddle-card">
        {children}
        <div className="heddle-buttons">
          <Button
            type={found !== undefined && isSame ? 'default' : 'primary'}
            loading={look.isPending}
            disabled={!isReady}
            onClick={check}
          >
            {found === undefined ? t('importer.check') : t('importer.checkAgain')}
          </Button>
          {found !== undefined && !isSame ? (
            <span role="status" className="heddle-faint">
              {t('importer.changed')}
            </span>
          ) : null}
        </div>
        {look.error ? <Refusal error={look.error} /> : null}
      </section>
      {save.data ? <Imported result={save.data} /> : null}
      {found !== undefined && save.data === undefined ? (
        <ImportPreview key={look.submittedAt} result={found}>
          <div className="heddle-buttons">
            <Button
              type="primary"
              loading={save.isPending}
              disabled={!isSame || look.isPending}
              onClick={() => save.mutate({ what, dryRun: false })}
            >
              {t('importer.import')}
            </Button>
            <span className="heddle-faint">{t('importer.nothingYet')}</span>
          </div>
          {save.error ? <Refusal error={save.error} /> : null}
        </ImportPreview>
      ) : null}
    </>
  );
}
