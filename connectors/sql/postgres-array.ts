import type { Json } from '../sdk/index.ts';

/** Reads `{1,NULL,"a \"b\"",{2}}`; bounds before it (`[0:1]={…}`) are left out, JSON has none. */
export function parsePostgresArray(text: string, read: (text: string) => Json): Json {
  let at = text.indexOf('{');

  function element(): Json {
    if (text.charAt(at) === '{') return list();
    if (text.charAt(at) === '"') return read(quoted());
    const start = at;
    while (at < text.length && !',}'.includes(text.charAt(at))) at += 1;
    const word = text.slice(start, at);
    return word === 'NULL' ? null : read(word);
  }

  function quoted(): string {
    let value = '';
    for (at += 1; at < text.length && text.charAt(at) !== '"'; at += 1) {
      if (text.charAt(at) === '\\') at += 1;
      value += text.charAt(at);
    }
    at += 1;
    return value;
  }

  function list(): Json[] {
    const items: Json[] = [];
    at += 1;
    while (at < text.length && text.charAt(at) !== '}') {
      items.push(element());
      if (text.charAt(at) === ',') at += 1;
    }
    at += 1;
    return items;
  }

  return list();
}
