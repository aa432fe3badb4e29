import type { Mock, Step, TryResult } from '@heddle/engine/api/contract';
import type { Json } from '@heddle/engine/errors';
import { createStore } from 'zustand/vanilla';
import type { FlowDocument } from '../model/flow-document.ts';
import type { Simulation } from './session.ts';

/** What a try or a simulation has come to. */
export interface TrialResult {
  readonly status: string;
  readonly steps: readonly Step[];
  readonly outcome?: string;
  readonly output?: unknown;
  readonly error?: { readonly code: string; readonly message: string; readonly node?: string };
  readonly response?: { readonly status: number; readonly body: unknown };
  readonly durationMs?: number;
  readonly mocked: readonly string[];
  readonly waitingFor: readonly string[];
}

export interface TrialState {
  /** JSON text; undefined until the panel has proposed one. */
  readonly input: string | undefined;
  readonly running: boolean;
  readonly result: TrialResult | undefined;
  /** The step (by its id) whose data are shown. */
  readonly shown: string | undefined;
  /** The simulation that is under way, of the document as it was when it began. */
  readonly under:
    | {
        readonly document: FlowDocument;
        readonly mocks: Readonly<Record<string, Mock>>;
        readonly simulation: Simulation;
      }
    | undefined;
  readonly breakpoints: ReadonlySet<string>;
  readonly set: (change: Partial<Omit<TrialState, 'set'>>) => void;
  readonly toggleBreakpoint: (nodeId: string) => void;
  /** Forgets the result, and with it what the canvas shows of it. */
  readonly clear: () => void;
}

/** The run that is being tried in the designer. It is no part of the document. */
export const createTrial = () =>
  createStore<TrialState>()((set, get) => ({
    input: undefined,
    running: false,
    result: undefined,
    shown: undefined,
    under: undefined,
    breakpoints: new Set(),
    set: (change) => set(change),
    toggleBreakpoint: (nodeId) => {
      const breakpoints = new Set(get().breakpoints);
      if (!breakpoints.delete(nodeId)) breakpoints.add(nodeId);
      set({ breakpoints });
    },
    clear: () => set({ result: undefined, shown: undefined, under: undefined, running: false }),
  }));

export type Trial = ReturnType<typeof createTrial>;

export function resultOfTry(tried: TryResult): TrialResult {
  const { status, steps, outcome, output, error, response, durationMs, mocked, waitingFor } = tried;
  return {
    status,
    steps,
    durationMs,
    mocked,
    waitingFor: waitingFor.map((each) => each.node),
    ...(outcome === undefined ? {} : { outcome }),
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(response === undefined ? {} : { response }),
  };
}

export function resultOfSimulation(simulation: Simulation, steps: readonly Step[]): TrialResult {
  const { run, next, response } = simulation;
  return {
    status: run.status,
    steps,
    mocked: [],
    waitingFor: next.flatMap((effect) => ('node' in effect ? [effect.node] : [])),
    ...(run.result?.outcome === undefined ? {} : { outcome: run.result.outcome }),
    ...(run.result?.output === undefined ? {} : { output: run.result.output }),
    ...(run.result?.error === undefined ? {} : { error: run.result.error }),
    ...(response === undefined ? {} : { response }),
  };
}

/** The input as JSON, or what is wrong with its text. */
export function readInput(
  text: string,
): { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly message: string } {
  try {
    return { ok: true, value: text.trim() === '' ? {} : (JSON.parse(text) as Json) };
  } catch (error) {
    return { ok: false, message: (error as SyntaxError).message };
  }
}
