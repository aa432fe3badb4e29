import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connectors as builtIn } from '@heddle/connectors';
import type { Connector, Connectors } from '@heddle/connectors/sdk/index';
import { FlowError, messageOf } from './errors.ts';

/**
 * The connectors that come with Heddle and those of the packages named: npm packages as they are found from `folder`, or
 * paths of modules. A package exports its connectors, by whatever names.
 *
 * @param own those that are part of the engine itself
 * @throws {FlowError} `CONFIG_INVALID` naming the package that cannot be had, exports none, or has a protocol that is
 *   there already
 */
export async function loadConnectors(
  packages: readonly string[],
  folder: string,
  own: readonly Connector[],
): Promise<Connectors> {
  const all = new Map(builtIn);
  for (const connector of own) all.set(connector.protocol, connector);
  for (const name of packages) {
    const exported = await importFrom(name, folder);
    const found = Object.values(exported).filter(isConnector);
    if (found.length === 0) throw refused(name, 'it exports no connector made by defineConnector');
    for (const connector of new Set(found)) {
      if (all.has(connector.protocol)) throw refused(name, `there is a connector ${connector.protocol} already`);
      all.set(connector.protocol, connector);
    }
  }
  return all;
}

async function importFrom(name: string, folder: string): Promise<{ readonly [exported: string]: unknown }> {
  try {
    // Paths too, so that a folder stands for the module in it.
    const file = createRequire(join(folder, 'package.json')).resolve(name);
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw refused(name, messageOf(error), error);
  }
}

/** Judged by its shape: a package may bring a copy of the SDK of its own. */
function isConnector(value: unknown): value is Connector {
  if (value === null || typeof value !== 'object') return false;
  const { protocol, open, configProblems, bindingProblems } = value as Partial<Connector>;
  return (
    typeof protocol === 'string' &&
    [open, configProblems, bindingProblems].every((method) => typeof method === 'function')
  );
}

const refused = (name: string, why: string, cause?: unknown) =>
  new FlowError('CONFIG_INVALID', `HEDDLE_CONNECTORS: ${name} cannot be used: ${why}`, { cause });
