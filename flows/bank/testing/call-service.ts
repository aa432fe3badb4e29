/** An answer of the bank over HTTP; `body` is whatever JSON it sent, for a test to look into. */
export interface HttpAnswer {
  readonly status: number;
  readonly isReplay: boolean;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

interface HttpCall {
  readonly method?: string;
  readonly key?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Sends one request; rejects if there is no answer or one that is not JSON. */
export async function callService(
  url: string,
  { method, key, body, headers, signal }: HttpCall = {},
): Promise<HttpAnswer> {
  const response = await fetch(url, {
    method: method ?? (body === undefined && key === undefined ? 'GET' : 'POST'),
    headers: {
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
  const text = await response.text();
  const isReplay = response.headers.get('idempotent-replayed') === 'true';
  return { status: response.status, isReplay, text, body: text === '' ? {} : JSON.parse(text) };
}
