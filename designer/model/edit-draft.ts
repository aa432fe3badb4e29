import type { CatalogueOperation } from './catalogue.ts';
import type { NodeDraft, ScopeDraft } from './flow-document.ts';
import { schemaOf } from './graph-node.ts';

export const emptyScope: ScopeDraft = { start: '', nodes: {} };

/** A node of a type, with the parts that it needs to be drawn: a choice has a case, a parallel two branches. */
export function newDraft(type: string): NodeDraft {
  const schema = schemaOf(type) as unknown as SchemaObject | undefined;
  const parts = (schema?.required ?? []).flatMap((name) => {
    const made = emptyPart(schema?.properties?.[name]);
    return made === undefined ? [] : [[name, made] as const];
  });
  return { type, ...Object.fromEntries(parts) };
}

/** A call of an operation. It is called what the operation is called; its input is for suggestions to fill. */
export function newCall(service: string, operation: string, described?: CatalogueOperation): NodeDraft {
  const title = described?.title;
  return { type: 'call', ...(title === undefined ? {} : { title }), service, operation };
}

interface SchemaObject {
  readonly 'x-heddle'?: string;
  readonly items?: SchemaObject;
  readonly required?: readonly string[];
  readonly properties?: { readonly [property: string]: SchemaObject };
  readonly patternProperties?: { readonly [pattern: string]: SchemaObject };
}

function emptyPart(schema: SchemaObject | undefined): NodeDraft[string] {
  if (schema === undefined) return undefined;
  if (schema['x-heddle'] === 'scope') return { start: '', nodes: {} };
  const branch = Object.values(schema.patternProperties ?? {})[0];
  if (branch?.['x-heddle'] === 'scope') return { a: { start: '', nodes: {} }, b: { start: '', nodes: {} } };
  const leads = Object.values(schema.items?.properties ?? {}).some((member) => member['x-heddle'] === 'node');
  return leads ? [{}] : undefined;
}
