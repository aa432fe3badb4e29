import { parse } from '../definition/index.ts';
import type { Json, JsonObject } from '../errors.ts';
import { nodeTypes } from '../nodes/index.ts';
import { compile } from './compile.ts';
import type { Program } from './program.ts';

/** A program from the nodes of a root scope, or from a whole document, for tests. The first node is the start. */
export function programOf(nodes: JsonObject, head: JsonObject = {}): Program {
  const document: Json = { id: 'tested', start: Object.keys(nodes)[0] ?? '', nodes, ...head };
  const parsed = parse(document, nodeTypes);
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems, null, 2));
  return compile(parsed.flow);
}

/** A call of the service `bank`, whose operation has the name of the node's purpose. */
export const callTo = (operation: string, more: JsonObject = {}): JsonObject => ({
  type: 'call',
  service: 'bank',
  operation,
  ...more,
});

/** A scope from its nodes; the first is the start. */
export const scopeOf = (nodes: JsonObject, more: JsonObject = {}): JsonObject => ({
  start: Object.keys(nodes)[0] ?? '',
  nodes,
  ...more,
});
