import { parse } from '@heddle/engine/definition/index';
import type { Json } from '@heddle/engine/errors';
import { nodeTypes } from '@heddle/engine/nodes/index';

/** The engine's own check of a definition, off the main thread, so that typing stays smooth in a flow of 500 nodes. */
self.onmessage = ({ data }: MessageEvent<{ ticket: number; document: Json }>) => {
  const parsed = parse(data.document, nodeTypes);
  self.postMessage({ ticket: data.ticket, problems: parsed.ok ? parsed.warnings : parsed.problems });
};
