import { catalogue, type Json } from '@heddle/engine/errors';
import { expect } from 'vitest';

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shape is what they test
type Body = any;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface Client {
  readonly url: string;
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  post(path: string, body?: Json, headers?: Record<string, string>): Promise<Reply>;
  put(path: string, body: Json, headers?: Record<string, string>): Promise<Reply>;
  delete(path: string): Promise<Reply>;
  /** Whatever body, whatever content type. */
  send(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<Reply>;
}

/** Calls an engine, and holds every refusal to its form: a problem document with a code of the catalogue. */
export function clientOf(url: string): Client {
  const send: Client['send'] = async (method, path, body, headers = {}) => {
    const response = await fetch(url + path, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const reply = { status: response.status, headers: response.headers, body: parsed(text) };
    if (response.status >= 400 && method !== 'HEAD') expectProblem(reply);
    return reply;
  };
  const json = { 'content-type': 'application/json' };
  return {
    url,
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) =>
      send('POST', path, body === undefined ? undefined : JSON.stringify(body), {
        ...(body === undefined ? {} : json),
        ...headers,
      }),
    put: (path, body, headers) => send('PUT', path, JSON.stringify(body), { ...json, ...headers }),
    delete: (path) => send('DELETE', path),
  };
}

function parsed(text: string): Body {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

/** The form of every refusal (RFC 9457). Codes of a flow's author are answered 422. */
export function expectProblem({ status, headers, body }: Reply): void {
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({
    status,
    code: expect.any(String),
    title: expect.any(String),
    detail: expect.any(String),
  });
  expect(body.type).toBe(`urn:heddle:error:${body.code}`);
  if (!Object.hasOwn(catalogue, body.code)) expect(status).toBe(422);
}
