import type { Json } from '@heddle/engine/errors';
import { Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { isObject } from '../../model/data-schema.ts';
import { usePreferences } from '../../ui/preferences.ts';
import { Row } from '../field.tsx';
import { useScene, type WidgetProps } from '../scene.ts';
import { useTextDraft } from '../use-text-draft.ts';

const languages = ['en', 'zh'] as const;

/** A text for people: one field in the language that is shown, and those of other languages that are there already. */
export function TranslatedWidget({ field, path, value, label, id }: WidgetProps) {
  const language = usePreferences((state) => state.language);
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const texts = isObject(value) ? value : undefined;
  const translate = () => {
    const own = typeof value === 'string' ? value : '';
    change(path, Object.fromEntries(languages.map((name) => [name, own])));
  };
  if (texts === undefined) {
    return (
      <Row
        id={id}
        label={label}
        required={field.required}
        path={path}
        aside={
          readOnly || value === undefined ? null : (
            <button type="button" className="heddle-i-link" onClick={translate}>
              {t('translate')}
            </button>
          )
        }
      >
        <Line id={id} value={value} path={path} />
      </Row>
    );
  }
  const names = [...new Set([language, ...languages, ...Object.keys(texts)])];
  return (
    <Row id={id} label={label} required={field.required} path={path} group deep>
      {names.map((name) => (
        <Line key={name} value={texts[name]} path={[...path, name]} language={name} />
      ))}
    </Row>
  );
}

function Line(props: {
  readonly id?: string;
  readonly value: Json | undefined;
  readonly path: WidgetProps['path'];
  readonly language?: string;
}) {
  const { t } = useTranslation('inspector');
  const { change, readOnly } = useScene();
  const { text, type, flush } = useTextDraft(typeof props.value === 'string' ? props.value : '', (next) =>
    change(props.path, next === '' && props.language === undefined ? undefined : next),
  );
  const { language } = props;
  return (
    <Input
      {...(props.id === undefined ? {} : { id: props.id })}
      {...(language === undefined
        ? {}
        : {
            prefix: <span className="heddle-i-language">{language}</span>,
            'aria-label': t('inLanguage', { language }),
          })}
      value={text}
      disabled={readOnly}
      onChange={(event) => type(event.target.value)}
      onBlur={flush}
    />
  );
}
