/** JSON Schema as far as it is shown; what is not understood is left out. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

export const isSchema = (value: unknown): value is Schema =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Follows a `$ref` within the document; a reference that leads nowhere, or in a circle, stays. */
export function resolved(schema: unknown, root: unknown): Schema {
  let current = isSchema(schema) ? schema : {};
  for (let hops = 0; hops < 20 && typeof current['$ref'] === 'string'; hops += 1) {
    const target = current['$ref']
      .replace(/^#\/?/, '')
      .split('/')
      .filter((part) => part !== '')
      .reduce<unknown>(
        (at, part) => (isSchema(at) ? at[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined),
        root,
      );
    if (!isSchema(target)) return current;
    current = target;
  }
  return current;
}

/** What a schema says of its type; `any` where it says nothing. */
export function typesOf(schema: Schema): string[] {
  const { type } = schema;
  if (Array.isArray(type)) return type.map(String);
  if (typeof type === 'string') return [type];
  const values = 'const' in schema ? [schema['const']] : Array.isArray(schema['enum']) ? schema['enum'] : [];
  if (values.length > 0) return [...new Set(values.map(typeOf))];
  if (isSchema(schema['properties'])) return ['object'];
  return isSchema(schema['items']) ? ['array'] : ['any'];
}

const typeOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

export interface Member {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** Members of an object, or of the items of a list of objects; choices of `oneOf` and `anyOf` are numbered. */
export function membersOf(schema: Schema, root: unknown): Member[] {
  const types = typesOf(schema);
  if (types.includes('array')) {
    const items = resolved(schema['items'], root);
    return membersOf(items, root);
  }
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const own = Object.entries(isSchema(schema['properties']) ? schema['properties'] : {}).map(([name, member]) => ({
    name,
    schema: resolved(member, root),
    required: required.includes(name),
  }));
  const parts = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  const choices = ['oneOf', 'anyOf'].flatMap((word) =>
    Array.isArray(schema[word]) ? (schema[word] as unknown[]) : [],
  );
  return [
    ...own,
    ...parts.flatMap((part) => membersOf(resolved(part, root), root)),
    ...choices.map((choice, index) => ({ name: `(${index + 1})`, schema: resolved(choice, root), required: false })),
  ];
}

/** `3–34`, `≥ 1`, `≤ 9`; undefined where neither end is set. */
export function rangeOf(least: unknown, most: unknown): string | undefined {
  if (least === undefined && most === undefined) return undefined;
  if (least === most) return String(least);
  if (most === undefined) return `≥ ${String(least)}`;
  return least === undefined ? `≤ ${String(most)}` : `${String(least)}–${String(most)}`;
}
