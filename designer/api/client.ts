import type { ProblemDocument } from '@heddle/engine/api/contract';

/** Who acts, until there is access control: the name from the settings. */
let user = '';
export function actAs(name: string): void {
  user = name;
}

/** What the engine refused: an RFC 9457 problem document, or `NETWORK` when it could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly document: Partial<ProblemDocument> & { readonly [extra: string]: unknown };

  constructor(status: number, document: ApiError['document']) {
    super(document.detail ?? document.title ?? `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = document.code ?? (status === 0 ? 'NETWORK' : `HTTP_${status}`);
    this.document = document;
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Sends one request to the engine that served this page.
 *
 * @param more.revision the change is made only to this revision of what it changes
 * @returns The parsed answer; undefined for an empty one.
 * @throws {ApiError} For every answer past 399, and with status 0 when there was none.
 */
export async function request<T>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  more: { readonly revision?: number } = {},
): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (more.revision !== undefined) headers['if-match'] = `"${more.revision}"`;
  // Header values are bytes; a Chinese name travels percent-encoded.
  if (user !== '') headers['heddle-user'] = encodeURIComponent(user);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, { detail: String(cause) });
  }
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : parsed(text);
  if (!response.ok) throw new ApiError(response.status, (answer ?? {}) as ApiError['document']);
  return answer as T;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { detail: text.slice(0, 500) };
  }
}
