import { readFiles } from './descriptors.ts';
import { resolveTypes } from './resolve.ts';
import type { Types } from './types.ts';

const MAX_KEPT = 64;
const kept = new Map<string, Types>();

/**
 * The types of a FileDescriptorSet as base64. Configurations are checked more often than they change, so the last ones
 * are kept.
 *
 * @throws {TypesError}
 */
export function describedTypes(descriptors: string): Types {
  const types = kept.get(descriptors) ?? resolveTypes(readFiles(descriptors));
  kept.delete(descriptors);
  kept.set(descriptors, types);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  return types;
}
