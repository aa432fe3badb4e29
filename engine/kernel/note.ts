import type { Json } from '../errors.ts';
import type { ErrorInfo, RunResult } from './effect.ts';
import type { StandIn } from './event.ts';

/**
 * One line of a run's history. Notes are not stored: they are what `advance` says while it takes an event, so that
 * replaying the journal gives the history with inputs as they were evaluated.
 */
export type Note =
  | {
      readonly kind: 'entered';
      readonly id: string;
      readonly node: string;
      readonly type: string;
      readonly at: number;
      readonly input?: Json;
    }
  | {
      readonly kind: 'completed';
      readonly id: string;
      readonly node: string;
      readonly at: number;
      readonly output: Json;
    }
  | { readonly kind: 'stood-in'; readonly id: string; readonly at: number; readonly by: StandIn }
  | { readonly kind: 'chose'; readonly id: string; readonly node: string; readonly at: number; readonly port: string }
  | {
      readonly kind: 'failed';
      readonly id: string;
      readonly node: string;
      readonly at: number;
      readonly error: ErrorInfo;
      readonly caught: boolean;
    }
  | {
      readonly kind: 'retrying';
      readonly id: string;
      readonly node: string;
      readonly at: number;
      readonly attempt: number;
      readonly error: ErrorInfo;
      readonly dueAt?: number;
    }
  | {
      readonly kind: 'asking';
      readonly id: string;
      readonly node: string;
      readonly at: number;
      readonly error: ErrorInfo;
    }
  | {
      readonly kind: 'incident';
      readonly id: string;
      readonly node: string;
      readonly at: number;
      readonly error: ErrorInfo;
    }
  | { readonly kind: 'cancelled'; readonly id: string; readonly node: string; readonly at: number }
  | { readonly kind: 'undoing'; readonly id: string; readonly node: string; readonly at: number; readonly input: Json }
  | { readonly kind: 'undone'; readonly id: string; readonly node: string; readonly at: number }
  | {
      readonly kind: 'responded';
      readonly id: string;
      readonly node: string;
      readonly at: number;
      readonly status: number;
      readonly body: Json;
    }
  | { readonly kind: 'signal'; readonly name: string; readonly at: number; readonly taken: 'consumed' | 'kept' }
  | { readonly kind: 'dropped'; readonly id: string; readonly at: number; readonly what: string }
  | {
      readonly kind: 'operator';
      readonly what: string;
      readonly at: number;
      readonly id?: string;
      readonly reason?: string;
    }
  | { readonly kind: 'finished'; readonly at: number; readonly result: RunResult };
