import type { Json } from '../errors.ts';
import type { Draft } from './draft.ts';
import type { BufferedSignal } from './run.ts';

/** Takes the oldest early signal that fits and has not expired, and lets expired ones of that name go. */
export function takeSignal(
  d: Draft,
  name: string,
  bufferMs: number,
  fits: (signal: BufferedSignal) => boolean,
): BufferedSignal | undefined {
  const found = d.run.signals.find((signal) => signal.name === name && signal.at + bufferMs >= d.at && fits(signal));
  const longestMs = d.program.buffers[name] ?? 0;
  const rest = d.run.signals.filter(
    (signal) => signal !== found && (signal.name !== name || signal.at + longestMs >= d.at),
  );
  if (rest.length < d.run.signals.length) d.run.signals = rest;
  return found;
}

/** Deep equality of JSON; the order of members does not count. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) => Object.hasOwn(b, key) && sameJson((a as Record<string, Json>)[key], (b as Record<string, Json>)[key]),
  );
}
