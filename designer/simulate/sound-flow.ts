import { type Parsed, parse } from '@heddle/engine/definition/index';
import type { Json } from '@heddle/engine/errors';
import { nodeTypes } from '@heddle/engine/nodes/index';

/** The flow if the engine would accept it, else its problems. */
export const soundFlow = (document: Json): Parsed => parse(document, nodeTypes);
