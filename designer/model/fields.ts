import { flowSchema, nodeSchema, triggerShapes } from '@heddle/engine/definition/index';
import type { Json, JsonObject } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import { nodeTypes } from '@heddle/engine/nodes/index';
import { nodeTypeOf } from './data-place.ts';
import { isList, isObject, keyword, propertiesOf } from './data-schema.ts';
import { sampleOf } from './sample.ts';

/** One field of a form, made from a property of a schema. */
export interface FormField {
  readonly name: string;
  readonly schema: JsonSchema;
  /** Names the widget that edits it; see `widgetOf`. */
  readonly widget: string;
  readonly required: boolean;
  /** `main` is what the node is about; `more` is what most authors never touch. */
  readonly section: 'main' | 'more';
}

/** Properties that the inspector's head shows, or that say what the node is. */
const shownElsewhere: ReadonlySet<string> = new Set(['type', 'title']);
/** How a step is to be repeated, limited and undone, and where it leads: folded away until somebody looks for it. */
const more: ReadonlySet<string> = new Set(
  'timeout retry compensate onUnknown onError note next otherwise need losers concurrency onItemError headers version calendar catch saga'.split(
    ' ',
  ),
);
const order = 'onError catch retry timeout compensate onUnknown'.split(' ');

/** The form of a node type: its own fields first, then what all nodes have. Empty for a type that is not known. */
export function nodeFields(type: string): readonly FormField[] {
  const known = nodeTypeOf(type);
  if (known === undefined) return [];
  // A schema is JSON; TypeBox's type for it does not say so.
  const schema = nodeSchema(type, known) as unknown as JsonObject;
  const own = new Set(propertiesOf(known.config as unknown as JsonObject).map(({ name }) => name));
  const fields = fieldsOfSchema(schema).filter(({ name }) => !shownElsewhere.has(name));
  const rank = ({ name, section }: FormField) =>
    section === 'main' ? (own.has(name) ? 0 : 1) : 2 + (order.includes(name) ? order.indexOf(name) : order.length);
  return fields.sort((a, b) => rank(a) - rank(b));
}

/** The fields of an object schema, in its order. Scopes are left out: the canvas shows them. */
export function fieldsOfSchema(schema: JsonSchema): FormField[] {
  return propertiesOf(schema).flatMap(({ name, schema: property, required }): FormField[] => {
    const widget = widgetOf(property);
    const isGiven = required && keyword(property, 'const') !== undefined;
    if (widget === undefined || isGiven) return [];
    return [{ name, schema: property, widget, required, section: !required && more.has(name) ? 'more' : 'main' }];
  });
}

/** What a trigger of a type begins with. */
export const triggerBeginnings = {
  http: (flowId: string): JsonObject => ({ type: 'http', method: 'POST', path: `/${flowId}` }),
  message: (): JsonObject => ({ type: 'message', service: '', source: {} }),
};

/** The fields of a trigger, by its `type`; none for a type that is not known. */
export function triggerFields(type: Json | undefined): readonly FormField[] {
  if (typeof type !== 'string' || !Object.hasOwn(triggerShapes, type)) return [];
  return fieldsOfSchema(triggerShapes[type as keyof typeof triggerShapes] as unknown as JsonObject);
}

/**
 * The widget for a schema: what `x-widget` names, else what `x-heddle` means, else one for its type. Undefined for what no
 * form can show: a scope.
 */
export function widgetOf(schema: JsonSchema): string | undefined {
  const named = keyword(schema, 'x-widget');
  const meaning = keyword(schema, 'x-heddle');
  // A duration that an expression may give is a value with a widget of its own.
  if (typeof named === 'string') return named === 'duration' && meaning === 'value' ? 'time' : named;
  if (meaning === 'scope') return undefined;
  if (typeof meaning === 'string') return meaning;
  if (isList(keyword(schema, 'enum')) || keyword(schema, 'const') !== undefined) return 'choice';
  const union = keyword(schema, 'anyOf') ?? keyword(schema, 'oneOf');
  if (isList(union)) return isText(union) ? 'translated' : 'either';
  switch (keyword(schema, 'type')) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'switch';
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return isPlainText(keyword(schema, 'items')) ? 'words' : 'list';
    case 'object':
      return objectWidget(schema);
    default:
      return 'json';
  }
}

/** A text, or one for each language. */
function isText(union: readonly Json[]): boolean {
  return (
    union.some((part) => isObject(part) && part['type'] === 'string') &&
    union.some((part) => isObject(part) && part['type'] === 'object' && isObject(part['patternProperties']))
  );
}

function isPlainText(items: Json | undefined): boolean {
  return isObject(items) && items['type'] === 'string' && items['x-heddle'] === undefined;
}

function objectWidget(schema: JsonSchema): string {
  const member = memberSchema(schema);
  if (member === undefined) return propertiesOf(schema).length > 0 ? 'group' : 'json';
  return keyword(member, 'x-branch') === true ? 'branches' : 'named';
}

/** The schema of the members of an object whose names the author chooses. */
export function memberSchema(schema: JsonSchema): JsonSchema | undefined {
  const patterns = keyword(schema, 'patternProperties');
  const [member] = isObject(patterns) ? Object.values(patterns) : [];
  return isObject(member) ? member : undefined;
}

/** What an object or list begins with when it is added: its required members with the values most likely right. */
export function beginningOf(schema: JsonSchema): Json {
  switch (widgetOf(schema)) {
    case 'group':
      return Object.fromEntries(
        propertiesOf(schema).flatMap(({ name, schema: member, required }) =>
          // Where a way leads is drawn on the canvas: until then it leads nowhere.
          required && widgetOf(member) !== 'node' ? [[name, beginningOf(member)]] : [],
        ),
      );
    case 'list':
    case 'words': {
      const least = keyword(schema, 'minItems');
      const items = keyword(schema, 'items');
      return isObject(items) && typeof least === 'number'
        ? Array.from({ length: least }, () => beginningOf(items))
        : [];
    }
    case 'condition':
      return true;
    case 'mapping':
      return {};
    case 'value':
    case 'service':
    case 'operation':
      return '';
    case 'code':
      return '*';
    case 'duration':
      return keyword(schema, 'default') ?? '5s';
    case 'number':
      return keyword(schema, 'default') ?? (keyword(schema, 'minimum') === 1 ? 3 : sampleOf(schema));
    default:
      return keyword(schema, 'default') ?? (keyword(schema, 'type') === 'string' ? '' : sampleOf(schema));
  }
}

const unitAt = /(?<=[a-z0-9])(?=[A-Z])|[-_]/;

/** A property's name as people write it: `maxWait` → `Max wait`. */
export function humanised(name: string): string {
  const words = name.split(unitAt).join(' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

let known: ReadonlyMap<string, FormField> | undefined;

/** The fields of the flow itself, by name; worked out when first asked for. */
export function flowFields(): ReadonlyMap<string, FormField> {
  known ??= new Map(fieldsOfSchema(flowSchema(nodeTypes)).map((field) => [field.name, field]));
  return known;
}
