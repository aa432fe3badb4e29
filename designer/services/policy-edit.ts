import type { EffectivePolicy, Policy } from '@heddle/engine/api/contract';

export type Part = keyof Policy;
export const parts: readonly Part[] = ['timeoutMs', 'retry', 'rateLimit', 'bulkhead', 'breaker', 'cache', 'mock'];

type FieldName =
  | 'value'
  | 'attempts'
  | 'delayMs'
  | 'maxDelayMs'
  | 'calls'
  | 'perMs'
  | 'concurrent'
  | 'queue'
  | 'failureRatio'
  | 'windowMs'
  | 'minimumCalls'
  | 'openMs'
  | 'forMs'
  | 'maxEntries';

/** A number of a part; `failureRatio` is shown in percent. What is left empty has the engine's default. */
export interface NumberField {
  readonly name: FieldName;
  readonly required?: true;
  readonly min: number;
  readonly max?: number;
}

const HOUR_MS = 3_600_000;
const ms = { min: 1, max: HOUR_MS } as const;
const required = true as const;

/** The fields of the parts that are numbers; limits as the engine checks them. */
export const fields: Readonly<Record<Exclude<Part, 'mock'>, readonly NumberField[]>> = {
  timeoutMs: [{ name: 'value', required, ...ms }],
  retry: [
    { name: 'attempts', required, min: 1, max: 20 },
    { name: 'delayMs', ...ms },
    { name: 'maxDelayMs', ...ms },
  ],
  rateLimit: [
    { name: 'calls', required, min: 1 },
    { name: 'perMs', required, ...ms },
  ],
  bulkhead: [
    { name: 'concurrent', required, min: 1 },
    { name: 'queue', required, min: 0 },
  ],
  breaker: [
    { name: 'failureRatio', min: 1, max: 99 },
    { name: 'windowMs', ...ms },
    { name: 'minimumCalls', min: 1 },
    { name: 'openMs', ...ms },
  ],
  cache: [
    { name: 'forMs', required, ...ms },
    { name: 'maxEntries', min: 1, max: 100_000 },
  ],
};

export type Numbers = Readonly<Partial<Record<NumberField['name'], number>>>;

/** The numbers of a part, as the form shows them. */
export function numbersOf(part: Exclude<Part, 'mock'>, value: unknown): Numbers {
  if (part === 'timeoutMs') return typeof value === 'number' ? { value } : {};
  if (value === null || typeof value !== 'object') return {};
  const numbers = value as Numbers;
  return part === 'breaker' && numbers.failureRatio !== undefined
    ? { ...numbers, failureRatio: Math.round(numbers.failureRatio * 100) }
    : numbers;
}

/** The part that numbers of the form say; undefined while one is missing. */
export function partOf(part: Exclude<Part, 'mock'>, numbers: Numbers): unknown {
  const own = fields[part];
  if (own.some((field) => field.required && numbers[field.name] === undefined)) return undefined;
  if (part === 'timeoutMs') return numbers.value;
  return Object.fromEntries(
    own.flatMap(({ name }) => {
      const number = numbers[name];
      if (number === undefined) return [];
      return [[name, name === 'failureRatio' ? number / 100 : number]];
    }),
  );
}

/**
 * A merge patch (RFC 7396) that makes of a level's part `before` the part `after`: members that are gone are named as
 * null, which by itself a patch would leave as they are.
 *
 * @param after undefined: inherited from then on
 */
export function patchOf(part: Part, before: unknown, after: unknown): object {
  if (after === undefined) return { [part]: null };
  return { [part]: part === 'mock' ? mockPatch(after) : replaced(before, after) };
}

function replaced(before: unknown, after: unknown): unknown {
  if (!isObject(after)) return after;
  const gone = isObject(before) ? Object.keys(before).filter((name) => !Object.hasOwn(after, name)) : [];
  return { ...Object.fromEntries(gone.map((name) => [name, null])), ...after };
}

/**
 * In a patch, a null inside an answer would take a member out, and members of the answer before would stay. Lists are
 * replaced as they stand, so an answer that is an object goes as the only example, which means the same.
 */
function mockPatch(mock: unknown): unknown {
  if (!isObject(mock)) return mock;
  const none = { output: null, error: null, examples: null, delayMs: null };
  const { output, ...rest } = mock;
  if (typeof output !== 'object') {
    return isObject(mock['error'])
      ? { ...none, ...mock, error: { message: null, ...mock['error'] } }
      : { ...none, ...mock };
  }
  return { ...none, ...rest, examples: [{ output }] };
}

export type MockForm =
  | { readonly kind: 'output'; readonly text: string; readonly delayMs: number | undefined }
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly delayMs: number | undefined }
  | { readonly kind: 'examples'; readonly text: string; readonly delayMs: number | undefined };

/** A mock as the form shows it. */
export function mockFormOf(value: unknown, sample: unknown): MockForm {
  const json = (part: unknown) => JSON.stringify(part, null, 2);
  if (!isObject(value)) return { kind: 'output', text: json(sample) ?? 'null', delayMs: undefined };
  const delayMs = typeof value['delayMs'] === 'number' ? value['delayMs'] : undefined;
  const error = value['error'];
  if (isObject(error))
    return { kind: 'error', code: String(error['code']), message: String(error['message'] ?? ''), delayMs };
  const examples = value['examples'];
  if (!Array.isArray(examples)) return { kind: 'output', text: json(value['output']) ?? 'null', delayMs };
  const [only] = examples as readonly unknown[];
  return examples.length === 1 && isObject(only) && 'output' in only
    ? { kind: 'output', text: json(only['output']) ?? 'null', delayMs }
    : { kind: 'examples', text: json(examples) ?? '[]', delayMs };
}

/** @throws {SyntaxError} If the text is not JSON. */
export function mockOf(form: MockForm): unknown {
  const more = form.delayMs === undefined ? {} : { delayMs: form.delayMs };
  if (form.kind === 'error')
    return { error: { code: form.code, ...(form.message === '' ? {} : { message: form.message }) }, ...more };
  return { [form.kind]: JSON.parse(form.text) as unknown, ...more };
}

const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Levels that say something of a part and are nearer to the operation than the one given. */
export function nearer(levels: EffectivePolicy['levels'], part: Part, level: 'group' | 'service' | 'operation') {
  const order = ['group', 'service', 'operation'] as const;
  return order.slice(order.indexOf(level) + 1).find((each) => levels[each]?.[part] !== undefined);
}
