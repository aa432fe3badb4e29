import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import {
  type ArrayFieldItemTemplateProps,
  type ArrayFieldTemplateProps,
  buttonId,
  canExpand,
  type FieldTemplateProps,
  getTemplate,
  type ObjectFieldTemplateProps,
  titleId,
} from '@rjsf/utils';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** One field: its label above, what is wrong and what it means below. */
export function FieldTemplate(props: FieldTemplateProps) {
  const { id, label, required, displayLabel, hidden, rawErrors, rawDescription, children, registry } = props;
  const Wrap = getTemplate('WrapIfAdditionalTemplate', registry, {});
  if (hidden) return <div hidden>{children}</div>;
  const isRoot = !id.includes('_');
  return (
    <Wrap {...props}>
      <div className="heddle-field">
        {displayLabel ? (
          <label htmlFor={id}>
            {label}
            {required ? <Required /> : null}
          </label>
        ) : null}
        {children}
        {rawErrors?.length && !isRoot ? (
          <span className="heddle-wrong" role="alert" id={`${id}__error`}>
            {[...new Set(rawErrors)].join('; ')}
          </span>
        ) : null}
        {displayLabel && rawDescription ? (
          <span className="heddle-faint" id={`${id}__description`}>
            {rawDescription}
          </span>
        ) : null}
      </div>
    </Wrap>
  );
}

function Required() {
  const { t } = useTranslation('services');
  return (
    <>
      <span className="heddle-required" aria-hidden>
        {'*'}
      </span>
      <span className="heddle-unseen">{t('form.required')}</span>
    </>
  );
}

/** A group with its name in the margin; the outermost one has no frame. */
export function ObjectTemplate(props: ObjectFieldTemplateProps) {
  const { fieldPathId, title, required, properties, schema, uiSchema, formData, disabled, readonly } = props;
  const { t } = useTranslation('services');
  const shown = properties.filter(({ hidden }) => !hidden);
  const body = (
    <>
      {shown.map(({ name, content }) => (
        <div key={name}>{content}</div>
      ))}
      {canExpand(schema, uiSchema, formData) && !readonly ? (
        <Button
          id={buttonId(fieldPathId, 'add')}
          size="small"
          type="dashed"
          icon={<PlusOutlined />}
          disabled={disabled === true}
          onClick={props.onAddProperty}
        >
          {t('form.addMember')}
        </Button>
      ) : null}
    </>
  );
  if (fieldPathId.path.length === 0) return <div className="heddle-fields">{body}</div>;
  return (
    <Group id={fieldPathId.$id} titleId={titleId(fieldPathId)} title={title} required={required === true}>
      {body}
    </Group>
  );
}

/** A list: each item with its number and its buttons, a button to add one below. */
export function ArrayTemplate(props: ArrayFieldTemplateProps) {
  const { fieldPathId, title, required, items, canAdd, onAddClick, disabled, readonly } = props;
  const { t } = useTranslation('services');
  return (
    <Group id={fieldPathId.$id} titleId={titleId(fieldPathId)} title={title} required={required === true}>
      {items.length === 0 && readonly ? <span className="heddle-faint">{t('form.empty')}</span> : null}
      {items}
      {canAdd && !readonly ? (
        <Button
          id={buttonId(fieldPathId, 'add')}
          size="small"
          type="dashed"
          icon={<PlusOutlined />}
          disabled={disabled === true}
          onClick={onAddClick}
        >
          {t('form.addTo', { name: title })}
        </Button>
      ) : null}
    </Group>
  );
}

function Group(props: {
  readonly id: string;
  readonly titleId: string;
  readonly title: string;
  readonly required: boolean;
  readonly children: ReactNode;
}) {
  return (
    <fieldset className="heddle-group" id={props.id}>
      <legend id={props.titleId}>
        {props.title}
        {props.required ? <Required /> : null}
      </legend>
      <div className="heddle-fields">{props.children}</div>
    </fieldset>
  );
}

export function ItemTemplate({ children, buttonsProps, hasToolbar, index, readonly }: ArrayFieldItemTemplateProps) {
  const { t } = useTranslation('services');
  const { hasMoveUp, hasMoveDown, hasRemove, disabled } = buttonsProps;
  const number = index + 1;
  const button = (label: string, icon: ReactNode, onClick: () => void, isOff = false) => (
    <Button
      size="small"
      type="text"
      icon={icon}
      aria-label={label}
      title={label}
      disabled={disabled === true || isOff}
      onClick={onClick}
    />
  );
  return (
    <div className="heddle-item">
      <span className="heddle-item-number" aria-hidden>
        {number}
      </span>
      <div className="heddle-item-body">{children}</div>
      {hasToolbar && !readonly ? (
        <span className="heddle-item-buttons">
          {hasMoveUp || hasMoveDown ? (
            <>
              {button(t('form.upNumber', { number }), <ArrowUpOutlined />, buttonsProps.onMoveUpItem, !hasMoveUp)}
              {button(
                t('form.downNumber', { number }),
                <ArrowDownOutlined />,
                buttonsProps.onMoveDownItem,
                !hasMoveDown,
              )}
            </>
          ) : null}
          {hasRemove ? button(t('form.removeNumber', { number }), <DeleteOutlined />, buttonsProps.onRemoveItem) : null}
        </span>
      ) : null}
    </div>
  );
}
