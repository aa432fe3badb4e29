import { pointer } from '../../errors.ts';
import type { JsonSchema } from '../schema.ts';
import type { Converted } from './convert-schema.ts';
import { CannotImport } from './fields.ts';
import { examplesOf, type ImportContext } from './parameters.ts';
import { isTree, listOf, type Tree, treeOf } from './tree.ts';

/** The members of a body that is an object. */
export interface BodyMembers {
  readonly properties: ReadonlyMap<string, JsonSchema>;
  readonly required: ReadonlySet<string>;
  /** What else is said of the object: `title`, `additionalProperties` and the like. */
  readonly rest: { readonly [keyword: string]: unknown };
  readonly needs: ReadonlySet<string>;
}

export interface Body {
  readonly kind: 'json' | 'form' | 'none';
  /** As it is, where nothing else travels with it. */
  readonly whole: Converted;
  /** `undefined` if it cannot be told which members it has. */
  readonly members: BodyMembers | undefined;
  /** It may be something else than an object, so nothing can travel beside it. */
  readonly isObject: boolean;
  readonly examples: readonly unknown[] | undefined;
}

const ANYTHING: Converted = { schema: true, needs: new Set() };
const NO_BODY: Body = { kind: 'none', whole: ANYTHING, members: undefined, isObject: true, examples: undefined };
const FORM = 'application/x-www-form-urlencoded';

/** @throws {CannotImport} if the body has none of the forms that can be sent. */
export function readBody(operation: Tree, at: string, context: ImportContext): Body {
  if (operation['requestBody'] === undefined) return NO_BODY;
  const found = context.references.follow(operation['requestBody'], `${at}/requestBody`);
  if (!found.ok) throw new CannotImport(`${at}/requestBody`, `the body cannot be read: ${found.reason}`);
  const content = treeOf(treeOf(found.value)['content']);
  const types = Object.keys(content);
  if (types.length === 0) return { ...NO_BODY, kind: 'json' };
  const type = pickJson(types) ?? types.find((each) => mediaType(each) === FORM);
  if (type === undefined) {
    throw new CannotImport(
      `${found.pointer}/content`,
      `a body of ${types.join(', ')} cannot be sent, only JSON and plain forms`,
    );
  }
  if (/\+json$/.test(mediaType(type)))
    context.report.warn('Some bodies are declared as a dialect of JSON (+json); all are sent as application/json');
  const media = treeOf(content[type]);
  const schemaAt = `${found.pointer}/content${pointer(type)}/schema`;
  const { schema } = media;
  const whole = schema === undefined ? ANYTHING : context.schemas.convert(schema, schemaAt, 'request');
  const members = schema === undefined ? EMPTY : readMembers(schema, schemaAt, context);
  const isForm = mediaType(type) === FORM;
  if (isForm && members === undefined) throw new CannotImport(schemaAt, 'the form is no plain object');
  return {
    kind: isForm ? 'form' : 'json',
    whole,
    members: isForm && members ? sendable(members, schemaAt, context) : members,
    isObject: members !== undefined || !saysOtherwise(schema, schemaAt, context),
    examples: examplesOf(media),
  };
}

export const mediaType = (text: string) => (text.split(';', 1)[0] ?? '').trim().toLowerCase();

/** The media type that stands for JSON, the plainest first. */
export function pickJson(types: readonly string[]): string | undefined {
  const tests = [/^application\/json$/, /^[a-z]+\/json$/, /\+json$/, /^(?:application\/\*|\*\/\*)$/];
  for (const test of tests) {
    const type = types.find((each) => test.test(mediaType(each)));
    if (type !== undefined) return type;
  }
  return undefined;
}

const EMPTY: BodyMembers = { properties: new Map(), required: new Set(), rest: {}, needs: new Set() };
/** Keywords under which a member's place in the input could not be told. */
const CHOICES = ['oneOf', 'anyOf', 'not', 'if', 'patternProperties', 'propertyNames', 'dependentSchemas'];
/** Counted over the whole input they would mean something else. */
const COUNTED = [
  'minProperties',
  'maxProperties',
  'unevaluatedProperties',
  'allOf',
  'properties',
  'required',
  '$ref',
  'type',
];

function readMembers(value: unknown, at: string, context: ImportContext, depth = 0): BodyMembers | undefined {
  const found = context.references.follow(value, at);
  if (!found.ok || depth > 20) return undefined;
  if (found.value === true) return EMPTY;
  if (!isTree(found.value)) return undefined;
  const source = found.value;
  const types = Array.isArray(source['type']) ? source['type'] : [source['type']];
  if (!types.includes('object') && source['type'] !== undefined) return undefined;
  if (CHOICES.some((name) => source[name] !== undefined)) return undefined;
  const parts = listOf(source['allOf']).map((part, index) =>
    readMembers(part, `${found.pointer}/allOf/${index}`, context, depth + 1),
  );
  const plain: Record<string, unknown> = { ...source, type: 'object' };
  delete plain['allOf'];
  delete plain['nullable'];
  const { schema, needs } = context.schemas.convert(plain, found.pointer, 'request');
  const own = treeOf(schema);
  const properties = new Map<string, JsonSchema>();
  const required = new Set<string>();
  const allNeeds = new Set(needs);
  for (const part of parts) {
    if (part === undefined) return undefined;
    for (const [name, member] of part.properties) properties.set(name, member);
    for (const name of part.required) required.add(name);
    for (const need of part.needs) allNeeds.add(need);
  }
  for (const [name, member] of Object.entries(treeOf(own['properties']))) properties.set(name, member as JsonSchema);
  for (const name of listOf(own['required'])) required.add(String(name));
  const rest = Object.fromEntries(Object.entries(own).filter(([name]) => !COUNTED.includes(name)));
  // Each part of `allOf` closes itself against the members of the others.
  if (parts.length > 0) delete rest['additionalProperties'];
  return { properties, required, rest, needs: allNeeds };
}

/** Whether a schema says that its values are no objects. */
function saysOtherwise(value: unknown, at: string, { references }: ImportContext): boolean {
  const found = references.follow(value, at);
  const { type } = found.ok ? treeOf(found.value) : {};
  return type !== undefined && type !== 'object' && !(Array.isArray(type) && type.includes('object'));
}

/** The fields of a form that are no objects. */
function sendable(members: BodyMembers, at: string, context: ImportContext): BodyMembers {
  const properties = new Map(members.properties);
  for (const [name, schema] of members.properties) {
    const { type, format, contentMediaType } = treeOf(schema);
    const isFile = format === 'binary' || contentMediaType === 'application/octet-stream';
    if (type !== 'object' && !isFile) continue;
    const reason = `a form cannot carry ${isFile ? 'a file' : 'an object'}`;
    if (members.required.has(name)) throw new CannotImport(at, `the required field ${name}: ${reason}`);
    context.report.skip(at + pointer('properties', name), 'field', reason);
    properties.delete(name);
  }
  return { ...members, properties };
}
