import fc from 'fast-check';
import { type Block, FLAGS, flows } from '../properties/flows.ts';

/** How a service answers one call: `fail`, `transient` say for certain that it did not act; `unknown`: perhaps it did. */
export type Answer = 'ok' | 'again' | 'fail' | 'transient' | 'unknown';

/**
 * What goes wrong at one write of the store. `crash-*`: the engine's process ends before the write, when it is on disk, or
 * some happenings later; `refused-*`: the write is refused, and is on disk or not; `full`: and so are all for a while;
 * `dead-*`: the database's thread ends, before or after the write; `ahead`, `back`: the wall clock jumps.
 */
export type FaultKind = (typeof faultKinds)[number];

const faultKinds = [
  'crash-before',
  'crash-committed',
  'crash-later',
  'crash-later',
  'refused',
  'refused-committed',
  'full',
  'dead',
  'dead-committed',
  'stop',
  'ahead',
  'back',
] as const;

export interface Fault {
  /** The how manieth write of the store, from 0. */
  readonly write: number;
  readonly kind: FaultKind;
  /** Happenings from the write to the crash, for `crash-later`. */
  readonly after: number;
}

/** One life of an engine with everything that happens in it; equal cases are equal lives. */
export interface Case {
  readonly blocks: readonly Block[];
  readonly flags: readonly boolean[];
  /** Runs of the flow; the second has every flag the other way round. */
  readonly runs: number;
  /** Decides the order of things, and how long each takes. */
  readonly seed: number;
  /** In the order in which services are asked; all others are `ok`. */
  readonly answers: readonly Answer[];
  readonly faults: readonly Fault[];
  /** Events are published for whichever run waits for them, instead of sent to each run. */
  readonly publishes: boolean;
  /** Everything from outside is sent twice. */
  readonly twice: boolean;
  /** Ms after its acceptance at which the first run is cancelled. */
  readonly cancelAfterMs: number | null;
  /** Ms after its acceptance at which the first run is suspended, for some time. */
  readonly suspendAfterMs: number | null;
}

const sometimes = <T>(arbitrary: fc.Arbitrary<T>, freq: number) => fc.option(arbitrary, { nil: null, freq });

export const cases: fc.Arbitrary<Case> = fc.record({
  blocks: flows,
  flags: fc.array(fc.boolean(), { minLength: FLAGS, maxLength: FLAGS }),
  runs: fc.constantFrom(1, 1, 2),
  seed: fc.noShrink(fc.nat(2 ** 31 - 1)),
  answers: fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant('ok' as const) },
      {
        weight: 5,
        arbitrary: fc.constantFrom('again' as const, 'fail' as const, 'transient' as const, 'unknown' as const),
      },
    ),
    { maxLength: 20 },
  ),
  faults: fc.array(fc.record({ write: fc.nat(30), kind: fc.constantFrom(...faultKinds), after: fc.nat(15) }), {
    maxLength: 4,
  }),
  publishes: fc.boolean(),
  twice: fc.boolean(),
  cancelAfterMs: sometimes(fc.nat(5_000), 3),
  suspendAfterMs: sometimes(fc.nat(5_000), 4),
});
