import type { RunQuery } from '../api/runs.ts';

const SPANS_MS = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000, '30d': 2_592_000_000 } as const;
export type Since = 'any' | keyof typeof SPANS_MS | 'custom';
export const sinces: readonly Since[] = ['any', '1h', '24h', '7d', '30d', 'custom'];

/** What the address of the list says; everything that is shown follows from it. */
export type Search = { readonly [name: string]: string };

export function sinceOf(search: Search): Since {
  const since = search['since'];
  if (since !== undefined && Object.hasOwn(SPANS_MS, since)) return since as Since;
  return since === 'custom' || search['from'] || search['to'] ? 'custom' : 'any';
}

/** The parameters of `GET /runs`. @param now epoch ms */
export function queryOf(search: Search, limit: number, now: number): RunQuery {
  const since = sinceOf(search);
  const times =
    since === 'custom'
      ? { startedAfter: Date.parse(search['from'] ?? ''), startedBefore: Date.parse(search['to'] ?? '') }
      : since === 'any'
        ? {}
        : { startedAfter: now - SPANS_MS[since] };
  const query: Record<string, string> = { limit: String(limit) };
  for (const name of ['status', 'flow', 'businessKey', 'before', 'after'] as const)
    if (search[name]) query[name] = search[name];
  for (const [name, time] of Object.entries(times)) if (Number.isFinite(time)) query[name] = String(time);
  return query;
}

/** The address with one thing changed; empty values leave it, and a changed filter begins at the first page. */
export function changed(search: Search, change: { readonly [name: string]: string | undefined }): Search {
  const next: { readonly [name: string]: string | undefined } = {
    ...search,
    before: undefined,
    after: undefined,
    ...change,
  };
  return Object.fromEntries(Object.entries(next).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

export const hasFilters = (search: Search) =>
  ['status', 'flow', 'businessKey', 'since', 'from', 'to'].some((name) => Boolean(search[name]));
