import type { ImportResult, Operation } from '@heddle/engine/api/contract';

/** An operation of an import, and what it is to the registered service. */
export interface ImportRow {
  readonly id: string;
  /** Absent where the operation goes. */
  readonly operation?: Operation;
  readonly change: 'added' | 'changed' | 'removed' | 'none';
  /** What differs, where it has changed. */
  readonly parts: readonly string[];
}

/** Every operation there would be and every one that would go: those that change first, as the document has them. */
export function importRows({ service, diff }: Pick<ImportResult, 'service' | 'diff'>): ImportRow[] {
  const added = new Set(diff?.added);
  const changed = new Map(diff?.changed.map(({ operation, parts }) => [operation, parts]));
  const there = Object.entries(service.operations).map(([id, operation]): ImportRow => {
    const parts = changed.get(id);
    return { id, operation, change: added.has(id) ? 'added' : parts ? 'changed' : 'none', parts: parts ?? [] };
  });
  const gone = (diff?.removed ?? []).map((id): ImportRow => ({ id, change: 'removed', parts: [] }));
  return [
    ...gone,
    ...there.filter(({ change }) => change !== 'none'),
    ...there.filter(({ change }) => change === 'none'),
  ];
}

/** A connector's part in a few words: its texts, without the names of their fields. */
export const bindingText = (binding: object): string =>
  Object.values(binding)
    .filter((value) => typeof value === 'string')
    .join(' ');
