import { CaretDownOutlined, CaretRightOutlined } from '@ant-design/icons';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isSchema, type Member, membersOf, rangeOf, resolved, type Schema, typesOf } from './schema-lines.ts';

/** A JSON Schema as people read it: names, types, what is required, what is allowed. Members open on demand. */
export function SchemaTree({ schema, label }: { readonly schema: unknown; readonly label: string }) {
  const { t } = useTranslation('services');
  const whole = resolved(schema, schema);
  const members = membersOf(whole, schema);
  if (schema === false) return <p className="heddle-faint">{t('schema.nothing')}</p>;
  if (members.length === 0)
    return (
      <div className="heddle-schema">
        <Line schema={whole} root={schema} />
      </div>
    );
  return (
    <ul className="heddle-schema" aria-label={label}>
      {members.map((member) => (
        <Entry key={member.name} member={member} root={schema} depth={0} />
      ))}
    </ul>
  );
}

function Entry({ member, root, depth }: { readonly member: Member; readonly root: unknown; readonly depth: number }) {
  const { t } = useTranslation('services');
  const [isOpen, setOpen] = useState(depth < 1);
  const inner = membersOf(member.schema, root);
  const head = (
    <>
      <code className="heddle-schema-name">{member.name}</code>
      {member.required ? <em>{t('schema.required')}</em> : null}
      <Line schema={member.schema} root={root} />
    </>
  );
  return (
    <li>
      {inner.length === 0 ? (
        <div className="heddle-schema-line">{head}</div>
      ) : (
        <button type="button" className="heddle-schema-line" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? <CaretDownOutlined aria-hidden /> : <CaretRightOutlined aria-hidden />}
          {head}
        </button>
      )}
      {typeof member.schema['description'] === 'string' ? (
        <div className="heddle-schema-help">{member.schema['description']}</div>
      ) : null}
      {isOpen && inner.length > 0 ? (
        <ul>
          {inner.map((each) => (
            <Entry key={each.name} member={each} root={root} depth={depth + 1} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

/** Type and limits in one line. */
function Line({ schema, root }: { readonly schema: Schema; readonly root: unknown }) {
  const type = useTypeWord();
  const limits = useLimits(schema);
  return (
    <span className="heddle-schema-type">
      {type(schema, root)}
      {limits.map((limit) => (
        <span key={limit}>{limit}</span>
      ))}
    </span>
  );
}

function useTypeWord(): (schema: Schema, root: unknown) => string {
  const { t } = useTranslation('services');
  const words = {
    object: t('schema.type.object'),
    array: t('schema.type.array'),
    string: t('schema.type.string'),
    number: t('schema.type.number'),
    integer: t('schema.type.integer'),
    boolean: t('schema.type.boolean'),
    null: t('schema.type.null'),
    any: t('schema.type.any'),
  };
  const word = (type: string) => (Object.hasOwn(words, type) ? words[type as keyof typeof words] : type);
  const of = (schema: Schema, root: unknown): string =>
    typesOf(schema)
      .map((type) =>
        type === 'array' && isSchema(schema['items'])
          ? t('schema.listOf', { what: of(resolved(schema['items'], root), root) })
          : word(type),
      )
      .join(' | ');
  return of;
}

function useLimits(schema: Schema): string[] {
  const { t } = useTranslation('services');
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const length = rangeOf(schema['minLength'], schema['maxLength']);
  const range = rangeOf(
    schema['minimum'] ?? schema['exclusiveMinimum'],
    schema['maximum'] ?? schema['exclusiveMaximum'],
  );
  const items = rangeOf(schema['minItems'], schema['maxItems']);
  const examples = Array.isArray(schema['examples']) ? (schema['examples'] as unknown[]) : [];
  return [
    'const' in schema ? t('schema.only', { value: text(schema['const']) }) : undefined,
    Array.isArray(schema['enum']) ? `${t('schema.oneOf')} ${schema['enum'].map(text).join(' | ')}` : undefined,
    typeof schema['format'] === 'string' ? t('schema.format', { value: schema['format'] }) : undefined,
    typeof schema['pattern'] === 'string' && schema['pattern'].length <= 40
      ? t('schema.pattern', { value: schema['pattern'] })
      : undefined,
    length === undefined ? undefined : t('schema.length', { value: length }),
    range === undefined ? undefined : t('schema.range', { value: range }),
    items === undefined ? undefined : t('schema.items', { value: items }),
    'default' in schema ? t('schema.default', { value: text(schema['default']) }) : undefined,
    examples.length > 0 ? t('schema.example', { value: text(examples[0]) }) : undefined,
  ].filter((line) => line !== undefined);
}
