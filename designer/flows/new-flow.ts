import type { JsonObject } from '@heddle/engine/errors';
import type { FlowDocument } from '../model/flow-document.ts';
import { type TemplateName, templates } from './templates.ts';

/** An id for a flow of this title that is not taken: `loan-pre-check`; `flow` where the title has no Latin letters. */
export function flowIdFrom(title: string, taken: ReadonlySet<string>): string {
  const words = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .replace(/-+$/, '')
    .slice(0, 60);
  const base = words === '' ? 'flow' : words;
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? base : `${base}-${count}`;
    if (!taken.has(id)) return id;
  }
}

/** The first document of a new flow: empty, from a template, or a copy of another. It is served by POST at its own id. */
export function documentFrom(options: {
  readonly id: string;
  readonly title: string;
  readonly template?: TemplateName;
  readonly source?: FlowDocument;
}): FlowDocument {
  const { id, title, template, source } = options;
  if (source) {
    const triggers = (Array.isArray(source['triggers']) ? source['triggers'] : []) as readonly JsonObject[];
    return {
      ...source,
      id,
      title,
      triggers: triggers
        // Two flows that read the same queue would share its messages: a copy begins without.
        .filter((trigger) => trigger['type'] === 'http')
        .map((trigger) => ({ ...trigger, path: ownPath(String(trigger['path']), source.id, id) })),
    };
  }
  const begun = template ? (templates[template] as unknown as Pick<FlowDocument, 'start' | 'nodes'>) : undefined;
  return {
    id,
    title,
    triggers: [{ type: 'http', method: 'POST', path: `/${id}`, wait: '30s' }],
    ...(begun ?? { start: '', nodes: {} }),
  };
}

/** Two flows cannot serve one address: the copy's stands under its own id. */
function ownPath(path: string, from: string, to: string): string {
  const [, first, ...rest] = path.split('/');
  return first === from ? ['', to, ...rest].join('/') : `/${to}${path}`;
}
