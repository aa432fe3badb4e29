import type { Import } from '../api/services.ts';

type Members = Readonly<Record<string, unknown>>;

/** A member of `from` that is texts of files by their names; the form leaves it to a chooser of files. */
export interface FilesMember {
  readonly name: string;
  readonly title: string;
  readonly description: string | undefined;
}

/** Shorter texts than this can be typed into a line. */
const LONG = 10_000;

/**
 * What of a connector's `discoverFrom` is texts of files (a record of long texts, as the `.proto` files of gRPC), and
 * the schema of the rest.
 */
export function splitFiles(schema: object): { readonly files: readonly FilesMember[]; readonly rest: object } {
  const { properties } = schema as { readonly properties?: Members };
  const files = Object.entries(properties ?? {}).flatMap(([name, member]): FilesMember[] => {
    const { title, description } = member as { readonly title?: string; readonly description?: string };
    return isFiles(member) ? [{ name, title: title ?? name, description }] : [];
  });
  const names = new Set(files.map(({ name }) => name));
  const others = Object.entries(properties ?? {}).filter(([name]) => !names.has(name));
  return { files, rest: { ...schema, properties: Object.fromEntries(others) } };
}

function isFiles(member: unknown): boolean {
  const { patternProperties, additionalProperties } = member as {
    readonly patternProperties?: Members;
    readonly additionalProperties?: unknown;
  };
  const [text] = [...Object.values(patternProperties ?? {}), additionalProperties];
  const { type, maxLength } = (text ?? {}) as { readonly type?: unknown; readonly maxLength?: unknown };
  return type === 'string' && typeof maxLength === 'number' && maxLength > LONG;
}

/** A value of a form without objects whose every field was emptied again: those are as if never begun. */
export function withoutEmptied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptied);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([name, member]) => [name, withoutEmptied(member)] as const);
  const kept = entries.filter(([, member]) => member !== undefined);
  return entries.length > 0 && kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Whether two imports ask for the same; long texts are compared as they are, not copied. */
export function isSameImport(one: Import | undefined, other: Import): boolean {
  if (one === undefined) return false;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => {
    const [a, b] = [(one as unknown as Members)[name], (other as unknown as Members)[name]];
    return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
  });
}
