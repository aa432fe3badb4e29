import type { Language } from '../model/graph-text.ts';
import type { PaletteItem, Section } from './items.ts';

/** A line of the palette's list. Every line has a height of its own kind, so that thousands of them need no measuring. */
export type Row =
  | { readonly kind: 'head'; readonly key: string; readonly title: string; readonly level: 1 | 2 }
  | { readonly kind: 'items'; readonly key: string; readonly items: readonly PaletteItem[] }
  | { readonly kind: 'told'; readonly key: string; readonly text: string };

const rowHeights = { head: 28, pair: 36, one: 44, told: 40 } as const;

export function heightOf(row: Row, columns: 1 | 2): number {
  if (row.kind !== 'items') return rowHeights[row.kind];
  return columns === 2 && row.items[0]?.key.startsWith('type:') ? rowHeights.pair : rowHeights.one;
}

/** The lines of sections; node types may stand two in a line. */
export function rowsOf(
  sections: readonly Section[],
  given: { readonly columns: 1 | 2; readonly language: Language; readonly titleOf: (section: Section) => string },
): readonly Row[] {
  return sections.flatMap((section): readonly Row[] => {
    const isType = section.title === undefined;
    const columns = isType ? given.columns : 1;
    const title = section.title?.(given.language) ?? given.titleOf(section);
    const lines = Array.from({ length: Math.ceil(section.items.length / columns) }, (_, at) =>
      section.items.slice(at * columns, (at + 1) * columns),
    );
    return [
      { kind: 'head', key: section.key, title, level: isType ? 1 : 2 },
      ...lines.map((items) => ({ kind: 'items' as const, key: items[0]?.key ?? '', items })),
    ];
  });
}
