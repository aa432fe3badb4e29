import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '@heddle/connectors/sdk/index';
import type { Config } from '../config.ts';
import { FlowError, type Json } from '../errors.ts';
import type { Engine } from '../server.ts';

interface Document {
  readonly file: string;
  readonly value: Json;
}

/**
 * Registers the services and publishes the flows that the settings name by directory, services first.
 *
 * @throws {FlowError} `CONFIG_INVALID` naming the file and every problem in it; what came before it has taken effect.
 */
export async function loadFiles(engine: Engine, { servicesDir, flowsDir }: Config): Promise<void> {
  for (const { file, value } of documents(servicesDir)) {
    try {
      await engine.putService(value);
    } catch (error) {
      throw new FlowError('CONFIG_INVALID', `${file}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  }
  for (const { file, value } of documents(flowsDir)) await publish(engine, file, value);
}

/** Publishes one definition, unless it is the current version already. @throws {FlowError} `CONFIG_INVALID`. */
export async function publish(engine: Engine, file: string, definition: Json): Promise<void> {
  const { flow, problems } = engine.check(definition);
  if (flow === undefined) {
    throw new FlowError(
      'CONFIG_INVALID',
      `${file}: ${problems.map(({ pointer, message }) => `${pointer || '/'} ${message}`).join('; ')}`,
    );
  }
  await engine.store.definitions.publish(flow, { note: file, by: 'heddle' });
}

/** `*.json` of a directory, and `flow.json` of the folders in it, by name. */
function documents(dir: string | undefined): Document[] {
  if (dir === undefined) return [];
  if (!existsSync(dir)) throw new FlowError('CONFIG_INVALID', `${dir} does not exist`);
  return readdirSync(dir)
    .sort()
    .map((name) => (name.endsWith('.json') ? join(dir, name) : join(dir, name, 'flow.json')))
    .filter((file) => existsSync(file))
    .map((file) => {
      const read = readJson(readFileSync(file, 'utf8'));
      if (!read.ok) throw new FlowError('CONFIG_INVALID', `${file}${read.problem.pointer}: ${read.problem.message}`);
      return { file, value: read.value };
    });
}
