import { schemaProblems } from '@heddle/connectors/sdk/index';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Problem } from '../errors.ts';
import { mockProblems } from './parse-policy.ts';
import { PolicySchema } from './policy-schema.ts';
import { Title } from './service.ts';

/** What services of a group have in common, as it is stored and exchanged. */
export const GroupSchema = Type.Object(
  { title: Type.Optional(Title), description: Type.Optional(Type.String()), policy: Type.Optional(PolicySchema) },
  { additionalProperties: false },
);

export type GroupDefinition = Static<typeof GroupSchema>;

const shape = Compile(GroupSchema);

export type ParsedGroup =
  | { readonly ok: true; readonly definition: GroupDefinition }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads the definition of a group and says everything that is wrong with it at once. */
export function parseGroup(json: unknown): ParsedGroup {
  const problems = shape.Check(json)
    ? mockProblems(json.policy, '/policy/mock')
    : schemaProblems(shape.Errors(json)).map((each) => ({ ...each, code: 'SERVICE_INVALID' }));
  return problems.length === 0
    ? { ok: true, definition: json as GroupDefinition } // as the shape has just said
    : { ok: false, problems };
}

export interface ServiceGroup extends GroupDefinition {
  readonly id: string;
  /** Counts up over all groups: a higher one is newer. */
  readonly revision: number;
}

/** The groups of services, in memory; whoever stores them loads them into it. */
export interface ServiceGroups {
  /** Adds or replaces a group. Returns its new revision; the same content again keeps the old one. */
  put(id: string, definition: GroupDefinition): number;
  get(id: string): ServiceGroup | undefined;
  /** By id, in code point order. */
  list(): readonly ServiceGroup[];
  /** Whether there was one. */
  remove(id: string): boolean;
  /** Called synchronously after every change. Returns what ends it. */
  onChange(listener: (id: string) => void): () => void;
}

export function createServiceGroups(): ServiceGroups {
  const groups = new Map<string, ServiceGroup>();
  const listeners = new Set<(id: string) => void>();
  let revision = 0;

  function tell(id: string): void {
    for (const listener of [...listeners]) listener(id);
  }

  return {
    put(id, { title, description, policy }) {
      const present = groups.get(id);
      const group = {
        id,
        ...(title !== undefined && { title }),
        ...(description !== undefined && { description }),
        ...(policy !== undefined && { policy }),
        revision: present?.revision ?? 0,
      };
      if (present && JSON.stringify(present) === JSON.stringify(group)) return present.revision;
      revision += 1;
      groups.set(id, { ...group, revision });
      tell(id);
      return revision;
    },
    get: (id) => groups.get(id),
    list: () => [...groups.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    remove(id) {
      if (!groups.delete(id)) return false;
      revision += 1;
      tell(id);
      return true;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
