import type { Fault, FaultPlan } from './fault.ts';

interface Planned {
  readonly fault: Fault;
  /** Calls that matched so far. */
  matched: number;
}

/** The fault plan in force. It lives in memory: a restart heals the bank. */
export class Faults {
  #planned = new Map<string, readonly Planned[]>();

  /** Replaces the plan of the operations that are named; those of others stay. Counting starts anew. */
  set(plan: FaultPlan): void {
    for (const [name, faults] of Object.entries(plan)) {
      const list = Array.isArray(faults) ? faults : [faults];
      this.#planned.set(
        name,
        list.map((fault) => ({ fault, matched: 0 })),
      );
    }
  }

  clear(): void {
    this.#planned.clear();
  }

  /** With the number of calls that each fault has matched. */
  list(): Record<string, readonly { fault: Fault; matched: number }[]> {
    return Object.fromEntries(this.#planned);
  }

  /** Decides about one call, and counts it. */
  take(service: string, operation: string, input: unknown): Fault | undefined {
    if (this.#planned.size === 0) return undefined;
    for (const name of [`${service}.${operation}`, `${service}.*`, '*']) {
      for (const planned of this.#planned.get(name) ?? []) {
        if (applies(planned, input)) return planned.fault;
      }
    }
    return undefined;
  }
}

function applies(planned: Planned, input: unknown): boolean {
  const { times, share, seed = 1, match } = planned.fault;
  if (match && !Object.entries(match).every(([pointer, value]) => isSame(at(input, pointer), value))) return false;
  planned.matched += 1;
  if (times !== undefined && planned.matched > times) return false;
  return share === undefined || draw(seed, planned.matched) < share;
}

/** A number in [0, 1) that depends on nothing but its arguments (a 32-bit mix by multiplication and xor-shift). */
export function draw(seed: number, index: number): number {
  let bits = (Math.imul(seed, 0x9e3779b1) + Math.imul(index, 0x85ebca6b)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
}

function at(document: unknown, pointer: string): unknown {
  const steps = pointer.split('/').slice(1);
  return steps.reduce<unknown>((value, step) => {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const isOwn = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
    return isOwn ? Reflect.get(value, name) : undefined;
  }, document);
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
