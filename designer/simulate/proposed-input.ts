import type { Samples } from '@heddle/engine/api/contract';
import type { Json } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import { sampleOf } from '../model/sample.ts';

/** What to try a flow with: the input of its last run where it still has every required member, else an example. */
export function proposedInput(schema: Json | undefined, samples: Samples): string {
  const isSchema = schema !== null && typeof schema === 'object' && !Array.isArray(schema);
  const required =
    isSchema && Array.isArray((schema as { required?: Json })['required'])
      ? (schema as { required: string[] }).required
      : [];
  const last = samples.input;
  const fits = last !== null && typeof last === 'object' && required.every((name) => Object.hasOwn(last, name));
  const proposal = fits ? last : isSchema ? sampleOf(schema as JsonSchema) : {};
  return JSON.stringify(proposal, null, 2);
}
