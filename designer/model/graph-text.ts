import type { Json } from '@heddle/engine/errors';
import { formatFormula } from '@heddle/engine/expression/index';
import type { NodeDraft } from './flow-document.ts';
import { type Exit, isRecord, typeOf } from './graph-node.ts';

export type Language = 'en' | 'zh';

/** Words that the model itself does not know. */
export interface Words {
  readonly language: Language;
  readonly otherwise: string;
  readonly anyError: string;
}

const MAX_LABEL = 28;

/** A text for people in a language, else in English, else in any; undefined for anything else. */
export function textIn(text: unknown, language: Language): string | undefined {
  if (typeof text === 'string') return text === '' ? undefined : text;
  if (!isRecord(text)) return undefined;
  const found = text[language] ?? text['en'] ?? Object.values(text)[0];
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** What a node is called on the canvas: its title, else what its type is called. */
export function titleOf(draft: NodeDraft, language: Language): string {
  return textIn(draft['title'], language) ?? typeOf(draft.type)?.label.title[language] ?? String(draft.type);
}

/** What stands at an exit; undefined for a plain one. */
export function labelOf({ kind, item, pointer }: Exit, words: Words): string | undefined {
  if (kind === 'next') return undefined;
  if (kind === 'otherwise') return pointer === '/otherwise' ? words.otherwise : pointer.slice(1);
  if (kind === 'error') {
    const code = item?.['code'];
    return code === '*' || typeof code !== 'string' ? words.anyError : shortened(code);
  }
  const title = textIn(item?.['title'], words.language);
  if (title !== undefined) return shortened(title);
  const condition = item?.['if'];
  return condition === undefined ? '…' : shortened(formulaOf(condition));
}

/** JSONLogic as a formula; where it has no such form, as JSON. */
export function formulaOf(logic: Json): string {
  const formatted = formatFormula(logic);
  return formatted.ok ? formatted.text : JSON.stringify(logic);
}

const shortened = (text: string, max = MAX_LABEL): string =>
  text.length <= max ? text : `${text.slice(0, max - 1).trimEnd()}…`;

/** Properties that say most about a node, the most telling first; so that a new node type needs nothing here. */
const telling = [
  'operation',
  'name',
  'flow',
  'topic',
  'code',
  'outcome',
  'for',
  'until',
  'days',
  'items',
  'values',
  'when',
  'source',
  'body',
  'status',
  'groups',
  'assignees',
  'need',
  'timeout',
  'output',
];

/** The parameter of a node that says most about it, in one line: `cif.getCustomer`, `2h`, a condition; or ''. */
export function detailOf(draft: NodeDraft): string {
  const name = telling.find((property) => draft[property] !== undefined);
  if (name === undefined) return '';
  const value = draft[name];
  if (name === 'operation') return [draft['service'], value].filter((part) => typeof part === 'string').join('.');
  if (name === 'when') return Array.isArray(value) ? value.map(conditionIn).filter(Boolean).join('  |  ') : '';
  if (name === 'values') return isRecord(value) ? Object.keys(value).join(', ') : '';
  if (name === 'source') return String(value).trim().split('\n')[0] ?? '';
  return value === undefined ? '' : brief(value);
}

const conditionIn = (option: Json): string => {
  const condition = isRecord(option) ? option['if'] : undefined;
  return condition === undefined ? '' : formulaOf(condition);
};

function brief(value: Json): string {
  if (isRecord(value) && value['$'] !== undefined) return formulaOf(value['$']);
  if (Array.isArray(value)) return value.map(brief).join(', ');
  if (isRecord(value)) return Object.keys(value).join(', ');
  return value === null ? '' : String(value);
}
