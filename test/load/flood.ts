import { floodBackground, floodFanOut, floodTimers, floodWaiting } from './flood-many.ts';
import { floodOverload, floodUndoing } from './flood-overload.ts';
import { type Figure, isMet, rowOf } from './flood-report.ts';
import { floodRuns } from './flood-runs.ts';

/**
 * What the engine does under floods, each figure beside its bound: `npm run flood [-- <part> …]`, by default all parts
 * one after the other. Exit code 1 when a bound is missed.
 */
const parts: { readonly [name: string]: () => Promise<readonly Figure[]> } = {
  overload: floodOverload,
  undoing: floodUndoing,
  background: floodBackground,
  timers: floodTimers,
  waiting: floodWaiting,
  runs: floodRuns,
  'fan-out': floodFanOut,
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
console.log('| figure | measured | wanted | |');
console.log('|---|---|---|---|');
for (const name of wanted) {
  const part = parts[name];
  if (part === undefined) throw new Error(`no part ${name}; there are ${Object.keys(parts).join(', ')}`);
  for (const figure of await part()) {
    console.log(rowOf(figure));
    if (!isMet(figure)) process.exitCode = 1;
  }
}
