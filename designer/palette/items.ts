import { nodeTypes } from '@heddle/engine/nodes/index';
import type { Catalogue } from '../model/catalogue.ts';
import { newCall, newDraft } from '../model/edit.ts';
import type { NodeDraft } from '../model/flow-document.ts';
import { type Language, textIn } from '../model/graph-text.ts';

/** Something that can be put into a flow: a node type, or a call of an operation. */
export interface PaletteItem {
  readonly key: string;
  readonly type: string;
  /** Section of the palette: a group of node types, or a service. */
  readonly section: string;
  readonly title: (language: Language) => string;
  readonly description: (language: Language) => string;
  readonly draft: () => NodeDraft;
  /** Everything that a search may find it by, in lower case. */
  readonly words: string;
}

export interface Section {
  readonly key: string;
  /** Of a service; groups of node types are named by the texts. */
  readonly title?: (language: Language) => string;
  readonly items: readonly PaletteItem[];
}

const groups = ['service', 'control', 'time', 'people', 'data'] as const;

export const typeSections: readonly Section[] = groups.map((group) => ({
  key: group,
  items: Object.entries(nodeTypes)
    .filter(([, { label }]) => label.group === group)
    .map(([type, { label }]) => ({
      key: `type:${type}`,
      type,
      section: group,
      title: (language: Language) => label.title[language],
      description: (language: Language) => label.description[language],
      draft: () => newDraft(type),
      words: lower(type, ...Object.values(label.title), ...Object.values(label.description)),
    })),
}));

export function serviceSections(catalogue: Catalogue): readonly Section[] {
  return [...catalogue.values()].map((service) => ({
    key: `service:${service.id}`,
    title: (language: Language) => textIn(service.title, language) ?? service.id,
    items: Object.entries(service.operations).map(([name, operation]) => ({
      key: `call:${service.id}.${name}`,
      type: 'call',
      section: `service:${service.id}`,
      title: (language: Language) => textIn(operation.title, language) ?? name,
      description: () => `${service.id}.${name}`,
      draft: () => newCall(service.id, name, operation),
      words: lower(
        `${service.id}.${name}`,
        operation.description ?? '',
        ...texts(operation.title),
        ...texts(service.title),
      ),
    })),
  }));
}

/** What every word of a query is found in; what begins with the query comes first. */
export function search(sections: readonly Section[], query: string): readonly PaletteItem[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = sections.flatMap(({ items }) =>
    items.filter((item) => words.every((word) => item.words.includes(word))),
  );
  const whole = words.join(' ');
  const rank = (item: PaletteItem): number => {
    const titles = [item.title('en').toLowerCase(), item.title('zh'), item.key.replace(/^\w+:/, '').toLowerCase()];
    if (titles.some((title) => title.startsWith(whole))) return 0;
    if (titles.some((title) => title.includes(whole))) return 1;
    return item.words.includes(whole) ? 2 : 3;
  };
  return found
    .map((item, at) => ({ item, at, rank: rank(item) }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ item }) => item);
}

function texts(text: unknown): string[] {
  if (typeof text === 'string') return [text];
  return text !== null && typeof text === 'object' ? Object.values(text).map(String) : [];
}

function lower(...parts: readonly string[]): string {
  return parts.join('\n').toLowerCase();
}
