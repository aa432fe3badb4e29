import type { Json, JsonObject } from '@heddle/engine/errors';
import { type JsonSchema, pathsOf, pathsOfLogic } from '@heddle/engine/expression/index';
import type { Catalogue } from './catalogue.ts';
import { inlineReferences } from './data-inline.ts';
import { fieldsOfNode, placesOf } from './data-place.ts';
import { isList, isObject, propertiesOf } from './data-schema.ts';
import type { FlowDocument } from './flow-document.ts';
import { inputOf, operationOf } from './suggest-input.ts';
import { flowProperty, logicOf, pathOfLogic } from './value.ts';

/** One way in which the flow uses its input. */
interface Use {
  readonly path: readonly string[];
  /** It fails when nothing is there. */
  readonly needed: boolean;
  /** What it must fit, where it goes into an operation as it is. */
  readonly schema?: JsonSchema;
}

/**
 * A JSON Schema of the input that a flow uses: every `input.…` path that is read, with the schema of the request field
 * that it goes into. What the flow's input says already about a property that is used is kept.
 */
export function inputFromUse(document: FlowDocument, catalogue: Catalogue): JsonObject {
  const uses = usesOf(document, catalogue).filter(({ path }) => path.length > 0);
  const old = inputOf(document);
  return objectOf(uses, isObject(old) ? old : {});
}

function objectOf(uses: readonly Use[], old: JsonSchema): JsonObject {
  const names = [...new Set(uses.flatMap(({ path }) => path.slice(0, 1)))];
  const before = new Map(propertiesOf(old).map((property) => [property.name, property]));
  const required: string[] = [];
  const properties = names.map((name) => {
    const here = uses.filter(({ path }) => path[0] === name);
    const known = before.get(name);
    if (known?.required ?? here.some(({ needed }) => needed)) required.push(name);
    return [name, propertyOf(here, known?.schema)] as const;
  });
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(properties),
  };
}

function propertyOf(uses: readonly Use[], known: JsonSchema | undefined): Json {
  const inner = uses.filter(({ path }) => path.length > 1).map((use) => ({ ...use, path: use.path.slice(1) }));
  const whole = uses.find(({ path, schema }) => path.length === 1 && schema !== undefined)?.schema;
  const isSaid = known !== undefined && JSON.stringify(known) !== '{}';
  if (isSaid && (inner.length === 0 || propertiesOf(known).length === 0)) return known;
  if (inner.length === 0) return whole === undefined ? {} : inlineReferences(whole);
  if (inner.every(({ path }) => /^\d+$/.test(path[0] ?? ''))) {
    const elements = inner.map((use) => ({ ...use, path: use.path.slice(1) })).filter(({ path }) => path.length > 0);
    return { type: 'array', ...(elements.length === 0 ? {} : { items: objectOf(elements, {}) }) };
  }
  return objectOf(inner, known ?? {});
}

function usesOf(document: FlowDocument, catalogue: Catalogue): readonly Use[] {
  const found: Use[] = [];
  const read = (value: Json | undefined, logic = false) => {
    if (value === undefined) return;
    for (const { path, hasDefault } of logic ? pathsOfLogic(value) : pathsOf(value))
      if (path[0] === 'input') found.push({ path: path.slice(1), needed: !hasDefault });
  };
  for (const { node } of placesOf(document).values()) {
    for (const { kind, value } of fieldsOfNode(node))
      if (kind === 'value' || kind === 'condition') read(value, kind === 'condition');
    const request = operationOf(catalogue, node)?.request;
    if (request !== undefined) found.push(...flows(node['input'], inlineReferences(request)));
    if (node.type === 'forEach') found.push(...flows(node['items'], { type: 'array' }));
  }
  for (const key of ['output', 'businessKey', 'idempotencyKey']) read(flowProperty(document, [key]));
  return found;
}

/** Paths of the input that go into a schema as they are. */
function flows(value: Json | undefined, schema: JsonSchema): Use[] {
  const read = pathOfLogic(logicOf(value));
  if (read !== undefined) {
    const [root, ...path] = read.path.split('.');
    return root === 'input' ? [{ path, needed: read.fallback === undefined, schema }] : [];
  }
  if (isList(value) || !isObject(value)) return [];
  return propertiesOf(schema).flatMap(({ name, schema: inner }) => flows(value[name], inner));
}
