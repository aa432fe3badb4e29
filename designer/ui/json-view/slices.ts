/** Members shown at once; more on demand. */
export const SLICE = 100;
/** Characters of a text shown at once. */
export const TEXT_LIMIT = 2_000;

export type Shape = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

export function shapeOf(value: unknown): Shape {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'object') return 'object';
  return typeof value === 'string' ? 'string' : typeof value === 'number' ? 'number' : 'boolean';
}

/** How many members a value has; 0 for what has none. */
export const sizeOf = (value: unknown): number =>
  Array.isArray(value) ? value.length : value !== null && typeof value === 'object' ? Object.keys(value).length : 0;

/** The first `count` members by name. Only these are touched, however long the value. */
export function membersOf(value: unknown, count: number): readonly (readonly [name: string, value: unknown])[] {
  if (Array.isArray(value)) return value.slice(0, count).map((item: unknown, index) => [String(index), item]);
  if (value === null || typeof value !== 'object') return [];
  return Object.keys(value)
    .slice(0, count)
    .map((name) => [name, (value as { readonly [name: string]: unknown })[name]]);
}

/** What the engine puts in place of a value that is too large for its history. */
export function truncated(value: unknown): { readonly bytes: number; readonly beginning: string } | undefined {
  const cut = (value as { readonly $truncated?: { readonly bytes?: unknown; readonly beginning?: unknown } } | null)
    ?.$truncated;
  return typeof cut?.bytes === 'number' && typeof cut.beginning === 'string'
    ? { bytes: cut.bytes, beginning: cut.beginning }
    : undefined;
}

/** One line that says what a folded value holds. */
export function preview(value: unknown, limit = 60): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  const names = Object.keys(value as object).slice(0, 6);
  const line = `{ ${names.join(', ')}${sizeOf(value) > names.length ? ', …' : ''} }`;
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}
