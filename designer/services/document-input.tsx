import { UploadOutlined } from '@ant-design/icons';
import { Button, Input, Segmented } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Labelled } from '../ui/labelled.tsx';
import { useFormat } from '../ui/use-format.ts';

/** An OpenAPI document: its text, typed or of a file, or where it is. */
export interface Document {
  readonly kind: 'text' | 'url';
  readonly text: string;
  readonly url: string;
  readonly file?: { readonly name: string; readonly bytes: number };
}

export const noDocument: Document = { kind: 'text', text: '', url: '' };

const MAX_MB = 25;
const MB = 1_048_576;

export function DocumentInput(props: { readonly document: Document; readonly onChange: (next: Document) => void }) {
  const { document, onChange } = props;
  const { t } = useTranslation('services');
  const format = useFormat();
  const picker = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string>();
  const read = async (file: File) => {
    setProblem(undefined);
    if (file.size > MAX_MB * MB)
      return setProblem(t('importer.fileTooLarge', { size: format.number(Math.ceil(file.size / MB)) }));
    try {
      onChange({ ...document, text: await file.text(), file: { name: file.name, bytes: file.size } });
    } catch (error) {
      setProblem(String(error));
    }
  };
  return (
    <>
      <div className="heddle-buttons heddle-import-given">
        <Segmented
          size="small"
          aria-label={t('importer.given')}
          value={document.kind}
          options={[
            { value: 'text', label: t('importer.asText') },
            { value: 'url', label: t('importer.asUrl') },
          ]}
          onChange={(kind: Document['kind']) => onChange({ ...document, kind })}
        />
        {document.kind === 'text' ? (
          <>
            <Button size="small" icon={<UploadOutlined aria-hidden />} onClick={() => picker.current?.click()}>
              {t('importer.file')}
            </Button>
            <input
              ref={picker}
              hidden
              type="file"
              aria-label={t('importer.file')}
              accept=".json,.yaml,.yml,application/json,application/yaml"
              onChange={({ target }) => {
                const [file] = target.files ?? [];
                if (file) void read(file);
                // The same file can be chosen again after it was changed.
                target.value = '';
              }}
            />
          </>
        ) : null}
        {problem === undefined ? null : (
          <span className="heddle-wrong" role="alert">
            {problem}
          </span>
        )}
      </div>
      {document.kind === 'url' ? (
        <Labelled label={t('importer.url')}>
          {(id) => (
            <>
              <Input
                id={id}
                type="url"
                maxLength={2_000}
                value={document.url}
                onChange={({ target }) => onChange({ ...document, url: target.value })}
              />
              <span className="heddle-faint">{t('importer.urlHelp')}</span>
            </>
          )}
        </Labelled>
      ) : document.file === undefined ? (
        <Input.TextArea
          className="heddle-code"
          aria-label={t('importer.text')}
          placeholder={t('importer.textHint')}
          autoSize={{ minRows: 8, maxRows: 10 }}
          spellCheck={false}
          value={document.text}
          onChange={({ target }) => onChange({ ...document, text: target.value })}
        />
      ) : (
        // A text of megabytes would make the page slow, and nobody reads it here.
        <p className="heddle-import-file">
          <strong>
            {t('importer.fileChosen', {
              name: document.file.name,
              size: format.number(Math.ceil(document.file.bytes / 1_024)),
            })}
          </strong>
          <Button size="small" onClick={() => onChange(noDocument)}>
            {t('importer.drop')}
          </Button>
        </p>
      )}
    </>
  );
}
