import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Flow, type Node, parse, type Scope } from '@heddle/engine/definition/index';
import type { Json, JsonObject } from '@heddle/engine/errors';
import { nodeTypes } from '@heddle/engine/nodes/index';

export interface Example {
  /** Folder of the node type. */
  readonly name: string;
  readonly flow: Flow;
  /** The first of `input.examples`. */
  readonly input: Json;
}

const folder = fileURLToPath(new URL('../../engine/nodes', import.meta.url.replace('/test/dist/', '/test/')));

/** The `example.json` of every node type. */
export const examples: readonly Example[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'example.json')))
  .map(({ name }) => {
    const flow = flowOf(JSON.parse(readFileSync(join(folder, name, 'example.json'), 'utf8')) as Json);
    const [input = {}] = (flow.input?.['examples'] ?? []) as Json[];
    return { name, flow, input };
  });

/** A definition that is known to be sound. */
export function flowOf(definition: Json): Flow {
  const parsed = parse(definition, nodeTypes);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2));
  return parsed.flow;
}

/** The node of an id, however deep it stands. */
export function nodeOf(scope: Scope, id: string): Node | undefined {
  const own = scope.nodes[id];
  if (own) return own;
  for (const node of Object.values(scope.nodes)) {
    const inner = [node['do'], ...Object.values((node['branches'] ?? {}) as JsonObject)] as (Scope | undefined)[];
    for (const each of inner) {
      const found = each && nodeOf(each, id);
      if (found) return found;
    }
  }
  return undefined;
}
