import { type Static, Type } from 'typebox';
import { consul } from './consul.ts';
import { dnsSrv } from './dns-srv.ts';
import { nacos } from './nacos.ts';
import type { Instance, SourceHost } from './source.ts';

/** Where instances of a service are looked up. A kind more is a file, and a line in each of these. */
export const DiscoverySchema = Type.Union([dnsSrv.settings, consul.settings, nacos.settings]);

export type Discovery = Static<typeof DiscoverySchema>;

/** What is wrong with the settings although their shape is right. */
export function discoveryProblems(
  settings: Discovery,
): readonly { readonly pointer: string; readonly message: string }[] {
  switch (settings.kind) {
    case 'dns-srv':
      return dnsSrv.problems(settings);
    case 'consul':
      return consul.problems(settings);
    case 'nacos':
      return nacos.problems(settings);
  }
}

/** Asks the registry once. @throws if it cannot be asked, or its answer cannot be read. */
export function findInstances(settings: Discovery, host: SourceHost): Promise<readonly Instance[]> {
  switch (settings.kind) {
    case 'dns-srv':
      return dnsSrv.find(settings, host);
    case 'consul':
      return consul.find(settings, host);
    case 'nacos':
      return nacos.find(settings, host);
  }
}

export type { Instance, SourceHost } from './source.ts';
export { InstanceWatch, type WatchState } from './watch.ts';
