import { type Static, Type } from 'typebox';
import { consul } from './consul.ts';
import { dnsSrv } from './dns-srv.ts';
import { nacos } from './nacos.ts';
import type { Instance, InstanceSource, SettingProblem, SourceHost } from './source.ts';

/** Where instances of a service can be looked up: a file and an entry here for each kind. */
const sources = [dnsSrv, consul, nacos] as const;

type SchemasOf<Sources extends readonly InstanceSource[]> = {
  -readonly [Index in keyof Sources]: Sources[Index]['settings'];
};

// map() forgets which schema is where.
const schemas = sources.map(({ settings }) => settings) as unknown as SchemasOf<typeof sources>;

export const DiscoverySchema = Type.Union(schemas);

export type Discovery = Static<typeof DiscoverySchema>;

const byKind = new Map<string, InstanceSource>(sources.map((source) => [source.kind, source]));

/** What is wrong with the settings although their shape is right. */
export function discoveryProblems(settings: Discovery): readonly SettingProblem[] {
  return sourceOf(settings).problems(settings);
}

/** Asks the registry once. @throws if it cannot be asked, or its answer cannot be read. */
export function findInstances(settings: Discovery, host: SourceHost): Promise<readonly Instance[]> {
  return sourceOf(settings).find(settings, host);
}

function sourceOf({ kind }: Discovery): InstanceSource {
  const source = byKind.get(kind);
  if (!source) throw new Error(`there is no registry of the kind ${kind}`); // the schema has let no other pass
  return source;
}

export type { Instance } from './source.ts';
export { InstanceWatch, type WatchState } from './watch.ts';
