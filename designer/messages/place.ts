export type Tab = 'readers' | 'letters' | 'scheduled' | 'preview';
export const tabs: readonly Tab[] = ['readers', 'letters', 'scheduled', 'preview'];

/** What the page's address says: the tab, and the letter that is open in it. */
export interface Place {
  readonly tab: Tab;
  readonly letter?: number;
}

/** @param search as it stands in the address, so anything */
export function placeOf(search: { readonly tab?: unknown; readonly letter?: unknown }): Place {
  const tab = tabs.find((one) => one === search.tab) ?? 'readers';
  const letter = Number(search.letter);
  return Number.isSafeInteger(letter) && letter > 0 ? { tab, letter } : { tab };
}

/** A source in a few words: its texts, without the names of their fields. */
export const sourceText = (source: unknown): string =>
  Object.values((source ?? {}) as object)
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .join(' · ');

/** JSON as people edit it; what is no JSON stays as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
