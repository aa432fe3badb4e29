import type { OperationStats, ServiceEndpoints } from '@heddle/engine/api/contract';
import { useSyncExternalStore } from 'react';

export interface Figures {
  /** By service, then by operation. Only operations that have been called. */
  readonly operations: ReadonlyMap<string, ReadonlyMap<string, OperationStats>>;
  /** By service. */
  readonly endpoints: ReadonlyMap<string, ServiceEndpoints>;
}

const RETRY_MS = 5_000;
const listeners = new Set<() => void>();
let source: EventSource | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let present: Figures | undefined;

function show(figures: Figures | undefined): void {
  present = figures;
  for (const listener of listeners) listener();
}

function open(): void {
  const opened = new EventSource('/services/live');
  source = opened;
  opened.addEventListener('stats', ({ data }: MessageEvent<string>) => show(figuresOf(data)));
  opened.onerror = () => {
    // Old figures would look like new ones. The browser connects again by itself, unless it was refused.
    show(undefined);
    if (opened.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MS);
  };
}

function close(): void {
  clearTimeout(retry);
  source?.close();
  source = undefined;
  present = undefined;
}

/** A browser has six connections to a server at most: what nobody sees gives its own back. */
function follow(): void {
  close();
  if (document.visibilityState === 'visible') open();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    follow();
    document.addEventListener('visibilitychange', follow);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener('visibilitychange', follow);
    close();
  };
}

/** Live figures, each second, over one connection for all that show them; undefined while there is none. */
export const useLive = (): Figures | undefined => useSyncExternalStore(subscribe, () => present);

/** @param data as the event `stats` of `GET /services/live` brings it */
export function figuresOf(data: string): Figures {
  const { operations, endpoints } = JSON.parse(data) as {
    readonly operations: readonly OperationStats[];
    readonly endpoints: readonly ServiceEndpoints[];
  };
  const byService = new Map<string, Map<string, OperationStats>>();
  for (const each of operations) {
    const own = byService.get(each.service) ?? new Map<string, OperationStats>();
    byService.set(each.service, own.set(each.operation, each));
  }
  return { operations: byService, endpoints: new Map(endpoints.map((each) => [each.service, each])) };
}

export interface ServiceFigures {
  readonly callsPerSecond: number;
  /** Of the last minute, from 0 to 1; undefined if there was no call. */
  readonly errorRate: number | undefined;
  /** Of the operation that is slowest, in the last minute; undefined if there was no call. */
  readonly p95Ms: number | undefined;
  readonly inFlight: number;
  /** The worst of all; undefined if no operation has one. */
  readonly breaker: 'closed' | 'half-open' | 'open' | undefined;
  readonly calls: number;
}

/** What all operations of a service come to. */
export function together(operations: Iterable<OperationStats>): ServiceFigures {
  const all = [...operations];
  const sum = (of: (each: OperationStats) => number) => all.reduce((total, each) => total + of(each), 0);
  const minute = sum(({ last60s }) => last60s.calls);
  const slow = all.flatMap(({ last60s: { p95Ms } }) => (p95Ms === undefined ? [] : [p95Ms]));
  return {
    callsPerSecond: sum(({ last10s }) => last10s.callsPerSecond),
    errorRate: minute === 0 ? undefined : sum(({ last60s }) => last60s.errorRate * last60s.calls) / minute,
    p95Ms: slow.length === 0 ? undefined : Math.max(...slow),
    inFlight: sum(({ inFlight }) => inFlight),
    breaker: (['open', 'half-open', 'closed'] as const).find((state) => all.some(({ breaker }) => breaker === state)),
    calls: sum(({ calls }) => calls),
  };
}
