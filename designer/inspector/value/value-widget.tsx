import { CheckOutlined, CloseOutlined } from '@ant-design/icons';
import type { Json } from '@heddle/engine/errors';
import { type DragEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormulaEditor } from '../../formula/index.ts';
import type { TrialPlace } from '../../model/data-sample.ts';
import { isObject, keyword, type SchemaType, typesOf } from '../../model/data-schema.ts';
import { contextOf, rankedPaths } from '../../model/suggest-paths.ts';
import { kindOfValue, logicOf, readPath, toPointer, type ValueKind } from '../../model/value.ts';
import { Row } from '../field.tsx';
import { usePlace, useScene, type WidgetProps } from '../scene.ts';
import { Literal } from './literal.tsx';
import { ModeSwitch } from './mode-switch.tsx';
import { PathValue } from './path-value.tsx';
import { Resolved } from './resolved.tsx';

export const DRAGGED_PATH = 'text/x-heddle-path';

/**
 * A value: as it is (by its schema), a path that is picked, or a formula; below an expression, what it gives.
 *
 * @param literal draws the value as it is, instead of what its type says
 * @param begin how an empty field is given; `literal` unless told
 */
export function ValueWidget(
  props: WidgetProps & { readonly literal?: (props: WidgetProps) => ReactNode; readonly begin?: ValueKind },
) {
  const { t } = useTranslation('inspector');
  const { path, value, label, id } = props;
  const field = expected(props.field);
  const { change, confirm, readOnly, suggested } = useScene();
  const place = usePlace(path);
  const [chosen, setChosen] = useState<ValueKind>();
  const kind = value === undefined || value === '' ? (props.begin ?? 'literal') : kindOfValue(value);
  const mode = chosen ?? kind;
  const pointer = toPointer(path);
  const isSuggested = suggested.has(pointer);
  const set = (next: Json | undefined) => {
    setChosen(undefined);
    change(path, next);
  };
  const types = typesOf(field.schema);
  const isGroup =
    mode === 'literal' && (types.includes('object') || types.includes('array') || props.literal !== undefined);
  return (
    <div className="heddle-i-value" data-suggested={isSuggested} {...dropsInto((dropped) => set(readPath(dropped)))}>
      <Row
        id={id}
        label={label}
        required={field.required}
        path={path}
        deep={mode !== 'literal'}
        group={isGroup}
        aside={
          <>
            {isSuggested && !readOnly ? (
              <button type="button" className="heddle-i-accept" onClick={() => confirm(pointer)} title={t('suggested')}>
                <CheckOutlined aria-hidden />
                {t('accept')}
              </button>
            ) : null}
            <ModeSwitch label={label} mode={mode} disabled={readOnly} onChange={setChosen} />
            {field.required || value === undefined || readOnly ? null : (
              <button
                type="button"
                className="heddle-i-icon"
                aria-label={t('remove', { label })}
                title={t('remove', { label })}
                onClick={() => set(undefined)}
              >
                <CloseOutlined aria-hidden="true" />
              </button>
            )}
          </>
        }
      >
        {mode === 'literal' ? (
          (props.literal?.({ ...props, value: literalOf(value) }) ?? (
            <Literal field={field} path={path} value={literalOf(value)} label={label} id={id} />
          ))
        ) : mode === 'path' ? (
          <PathValue
            id={id}
            label={label}
            value={value}
            place={place}
            disabled={readOnly}
            likely={() => likelyPaths(field, place)}
            autoFocus={chosen === 'path'}
            onChange={set}
            onLiteral={(text) => set(literalOfText(text, types))}
          />
        ) : (
          <FormulaEditor
            id={id}
            label={label}
            value={formulaOf(value)}
            autoFocus={chosen === 'formula'}
            place={place}
            disabled={readOnly}
            onChange={(logic) => change(path, { $: logic })}
          />
        )}
        {mode === 'literal' || kind === 'literal' || value === undefined ? null : (
          <Resolved value={value} place={place} />
        )}
      </Row>
    </div>
  );
}

/** The field with the schema of what its value should come to, where it says so. */
function expected(field: WidgetProps['field']): WidgetProps['field'] {
  const schema = keyword(field.schema, 'x-value');
  if (!isObject(schema)) return field;
  const fallback = keyword(field.schema, 'default');
  return { ...field, schema: fallback === undefined ? schema : { ...schema, default: fallback } };
}

/** What was typed, as what the field takes: a number, yes or no, else a text. */
function literalOfText(text: string, types: readonly SchemaType[]): Json {
  const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
  if (isNumber && !types.includes('string')) return Number(text);
  if ((text === 'true' || text === 'false') && !types.includes('string')) return text === 'true';
  return /^".*"$/.test(text) ? text.slice(1, -1) : text;
}

const leastLikely = 58;

/** The paths that fit a field by name and type. */
function likelyPaths(
  { name, schema }: WidgetProps['field'],
  { document, nodeId, reach }: TrialPlace,
): readonly string[] {
  const context = nodeId === undefined ? noWords : contextOf(document, nodeId);
  return rankedPaths(document, reach, { name, schema, context, within: [] })
    .filter(({ score }) => score >= leastLikely)
    .map(({ path }) => path);
}

const noWords: ReadonlySet<string> = new Set();

/** What is shown in the place of a literal while the value is an expression: nothing. */
const literalOf = (value: Json | undefined): Json | undefined => (logicOf(value) === undefined ? value : undefined);

/** The rule that a formula starts with: the expression itself, or a literal as a rule if it can be one. */
function formulaOf(value: Json | undefined): Json | undefined {
  const logic = logicOf(value);
  if (logic !== undefined) return logic;
  return value !== null && typeof value === 'object' ? undefined : value;
}

/** A path that is dragged here is taken. */
function dropsInto(take: (path: string) => void) {
  return {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(DRAGGED_PATH)) return;
      event.preventDefault();
      event.stopPropagation();
      event.dataTransfer.dropEffect = 'link';
    },
    onDrop: (event: DragEvent) => {
      const path = event.dataTransfer.getData(DRAGGED_PATH);
      if (path === '') return;
      event.preventDefault();
      event.stopPropagation();
      take(path);
    },
  } as const;
}
