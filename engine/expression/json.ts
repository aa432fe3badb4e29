import type { Json, JsonObject } from '../errors.ts';

// Array.isArray does not narrow a readonly array; these two do.
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
