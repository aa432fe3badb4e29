import { messageOf } from '../../errors.ts';
import { refused } from './read-document.ts';

const MAX_BYTES = 25 * 1_048_576;
const TIMEOUT_MS = 20_000;

/**
 * Fetches the text of a document from one of the origins that the operator has named. Redirects are not followed: they
 * could lead out of the list.
 *
 * @throws {FlowError} `IMPORT_INVALID` naming what is wrong, and the setting if it is not on the list.
 */
export async function fetchDocument(
  url: string,
  origins: readonly string[],
  limits: { readonly maxBytes?: number; readonly timeoutMs?: number } = {},
): Promise<string> {
  const { maxBytes = MAX_BYTES, timeoutMs = TIMEOUT_MS } = limits;
  if (!URL.canParse(url)) throw refused(`${url} is no URL`, '/url');
  const { origin, username, password } = new URL(url);
  if (!origins.includes(origin))
    throw refused(
      `documents may not be fetched from ${origin}: the operator adds it to HEDDLE_IMPORT_ORIGINS, or give the document as text`,
      '/url',
    );
  if (username !== '' || password !== '') throw refused('the URL must not contain credentials', '/url');
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { redirect: 'manual', signal, headers: { accept: 'application/json, */*' } });
    if (response.status >= 300 && response.status < 400)
      throw refused(`${url} is redirected; give the address it leads to`, '/url');
    if (!response.ok) throw refused(`${url} was answered with ${response.status}`, '/url');
    return await textOf(response, maxBytes);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'IMPORT_INVALID') throw error;
    const reason = signal.aborted ? `it took longer than ${timeoutMs / 1_000} s` : reasonOf(error);
    throw refused(`${url} cannot be fetched: ${reason}`, '/url');
  }
}

async function textOf(response: Response, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > maxBytes) throw refused(`the document has more than ${maxBytes} bytes`, '/url');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** What `fetch` says is in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : messageOf(cause);
}
