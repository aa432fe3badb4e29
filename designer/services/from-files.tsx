import { UploadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

export type Files = Readonly<Record<string, string>>;

/** Texts by name, taken from files: what they are about is too long for a line of a form. */
export function FromFiles(props: {
  readonly label: string;
  readonly help: string | undefined;
  readonly files: Files;
  readonly onChange: (files: Files) => void;
}) {
  const { label, help, files, onChange } = props;
  const { t } = useTranslation('services');
  const picker = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string>();
  const names = Object.keys(files);
  const read = async (chosen: readonly File[]) => {
    setProblem(undefined);
    try {
      const texts = await Promise.all(chosen.map(async (file) => [file.name, await file.text()] as const));
      onChange({ ...files, ...Object.fromEntries(texts) });
    } catch (error) {
      setProblem(String(error));
    }
  };
  return (
    <fieldset className="heddle-group heddle-from-files">
      <legend>{label}</legend>
      {help === undefined ? null : <p className="heddle-faint">{help}</p>}
      {names.length === 0 ? null : (
        <ul className="heddle-uses">
          {names.map((name) => (
            <li key={name}>
              <code>{name}</code>{' '}
              <Button
                size="small"
                type="text"
                aria-label={t('importer.dropFile', { name })}
                onClick={() => onChange(Object.fromEntries(Object.entries(files).filter(([each]) => each !== name)))}
              >
                {t('importer.drop')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Button size="small" icon={<UploadOutlined aria-hidden />} onClick={() => picker.current?.click()}>
        {t('importer.files')}
      </Button>
      <input
        ref={picker}
        hidden
        multiple
        type="file"
        aria-label={label}
        onChange={({ target }) => {
          void read([...(target.files ?? [])]);
          // The same file can be chosen again after it was changed.
          target.value = '';
        }}
      />
      {problem === undefined ? null : (
        <span className="heddle-wrong" role="alert">
          {problem}
        </span>
      )}
    </fieldset>
  );
}
