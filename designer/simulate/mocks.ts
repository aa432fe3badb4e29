import type { Mock, Samples } from '@heddle/engine/api/contract';
import type { Json } from '@heddle/engine/errors';
import type { Catalogue } from '../model/catalogue.ts';
import type { FlowDocument, NodeDraft } from '../model/flow-document.ts';
import { indexOf } from '../model/graph-scope.ts';
import { sampleOf } from '../model/sample.ts';

export interface MockSources {
  readonly document: FlowDocument;
  readonly catalogue: Catalogue;
  readonly samples: Samples | undefined;
}

type Mocks = Readonly<Record<string, Mock>>;

/** The mocks that the author has pinned to nodes (`layout.$mocks`: outputs by node id). */
export function pinnedMocks(document: FlowDocument): Mocks {
  const pinned = document.layout?.['$mocks'];
  if (pinned === null || typeof pinned !== 'object' || Array.isArray(pinned)) return {};
  const { nodes } = indexOf(document);
  return Object.fromEntries(
    Object.entries(pinned as { readonly [node: string]: Json }).flatMap(([node, output]) =>
      nodes.has(node) ? [[node, { output }]] : [],
    ),
  );
}

/**
 * An answer for every node that asks something of the world: the one that is pinned, else the last run's, else one made
 * from the schema of what is asked.
 */
export function allMocks(sources: MockSources): Mocks {
  const made: Record<string, Mock> = {};
  for (const [id, { draft }] of indexOf(sources.document).nodes) {
    const output = (sources.samples?.steps[id] as Json | undefined) ?? invented(draft, sources.catalogue);
    if (output !== undefined) made[id] = { output };
  }
  return { ...made, ...pinnedMocks(sources.document) };
}

function invented(draft: NodeDraft, catalogue: Catalogue): Json | undefined {
  switch (draft.type) {
    case 'call': {
      const operations = catalogue.get(String(draft['service']))?.operations ?? {};
      return sampleOf(operations[String(draft['operation'])]?.response ?? {});
    }
    case 'task': {
      const actions = Array.isArray(draft['actions']) ? (draft['actions'] as readonly { readonly id?: Json }[]) : [];
      const form = draft['form'];
      const hasForm = form !== null && typeof form === 'object' && !Array.isArray(form);
      return {
        by: 'somebody',
        responses: [],
        action: actions[0]?.id ?? 'done',
        data: hasForm ? sampleOf(form as { readonly [key: string]: Json }) : {},
      };
    }
    case 'event':
    case 'subflow':
    case 'script':
    case 'emit':
      return {};
    default:
      return undefined;
  }
}
