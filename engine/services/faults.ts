import { CallError } from '@heddle/connectors/sdk/index';
import { aborts, type Fault, type Faults } from './fault.ts';
import { type Call, pause } from './governance/index.ts';

/** As calls see the rehearsals. */
export interface FaultSlots extends Faults {
  /** The place to look at on every try: free where nothing is rehearsed. */
  slotOf(service: string, operation: string): FaultSlot;
  /** Lets the rehearsal of a slot happen to a try, if it is one of the share. @throws {CallError}, {Refusal} */
  strike(slot: FaultSlot, call: Call): Promise<void>;
}

export interface FaultSlot {
  present: { readonly fault: Fault; readonly untilMs: number } | undefined;
}

/** @param now monotonic @param epochMs for people */
export function createFaults({
  now,
  epochMs,
  random,
}: {
  readonly now: () => number;
  readonly epochMs: () => number;
  readonly random: () => number;
}): FaultSlots {
  const slots = new Map<string, FaultSlot>();

  function slotOf(service: string, operation: string): FaultSlot {
    const key = `${service}\n${operation}`;
    const slot = slots.get(key) ?? { present: undefined };
    slots.set(key, slot);
    return slot;
  }

  /** The rehearsal of a slot, unless its time is over. */
  function of(slot: FaultSlot): Fault | undefined {
    if (slot.present && slot.present.untilMs <= now()) slot.present = undefined;
    return slot.present?.fault;
  }

  return {
    start({ service, operation }, { forMs, ...settings }, startedBy) {
      const fault = { service, operation, ...settings, startedBy, endsAt: epochMs() + forMs };
      slotOf(service, operation).present = { fault, untilMs: now() + forMs };
      return fault;
    },
    list: () => [...slots.values()].flatMap((slot) => of(slot) ?? []),
    end(service, operation) {
      const slot = slotOf(service, operation);
      const ended = of(slot);
      slot.present = undefined;
      return ended;
    },
    slotOf,
    async strike(slot, call) {
      const fault = of(slot);
      if (fault === undefined || random() >= fault.share) return;
      if (fault.delayMs) await pause(fault.delayMs, call);
      if (fault.abort === undefined) return;
      call.attempts += 1;
      throw new CallError('a rehearsed failure; the service was not called', {
        ...aborts[fault.abort],
        mayHaveActed: false,
      });
    },
  };
}
