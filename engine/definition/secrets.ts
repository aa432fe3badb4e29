import { type Json, type Problem, pointer } from '../errors.ts';

const SECRET_KEY =
  /^(password|passwd|pwd|secret|client[-_]?secret|api[-_]?key|access[-_]?key|private[-_]?key|authorization|auth[-_]?token|access[-_]?token|bearer)$/i;
const SECRET_VALUE = /-----BEGIN [A-Z ]*PRIVATE KEY-----|^(Bearer|Basic) [A-Za-z0-9+/_=.-]{12,}$/;

/** Finds secrets written as literals: by the name of the member, or by the look of the text. Schemas are passed over. */
export function findSecrets(document: Json, at = ''): Problem[] {
  if (typeof document === 'string' && SECRET_VALUE.test(document)) return [problem(at)];
  if (document === null || typeof document !== 'object') return [];
  if (Array.isArray(document)) return document.flatMap((item: Json, index) => findSecrets(item, at + pointer(index)));
  return Object.entries(document as { readonly [key: string]: Json }).flatMap(([key, value]) => {
    if (key === 'layout' || ((key === 'input' || key === 'form') && isSchema(value))) return [];
    if (SECRET_KEY.test(key) && typeof value === 'string' && value !== '') return [problem(at + pointer(key))];
    return findSecrets(value, at + pointer(key));
  });
}

const isSchema = (value: Json) =>
  value !== null && typeof value === 'object' && 'type' in value && 'properties' in value;

const problem = (at: string): Problem => ({
  pointer: at,
  code: 'secret-literal',
  message: 'looks like a secret written into the flow; keep it in the service’s configuration and refer to it there',
});
