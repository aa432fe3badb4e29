import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { isIP } from 'node:net';
import { addressRule, guardedLookup, type Json, readJson } from '@heddle/connectors/sdk/index';
import { ASK_MS } from './source.ts';

const MAX_BYTES = 4 * 1_048_576;
/** As for services: whoever describes one must not reach where clouds keep credentials. */
const isAllowed = addressRule(undefined);
const lookup = guardedLookup(isAllowed);

/** What is wrong with a registry's URL. */
export function urlProblems(url: string): { readonly pointer: string; readonly message: string }[] {
  const problem = (message: string) => [{ pointer: '/url', message }];
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return problem('must be a URL such as http://registry.bank:8500');
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
    return problem('must begin with http:// or https://');
  if (parsed.username || parsed.password) return problem('must not carry credentials; use the token');
  const literal = parsed.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !isAllowed(literal)) return problem('is not an address that may be called');
  if (parsed.search || parsed.hash) return problem('must end with its path');
  return [];
}

/** A URL below a registry's, with those parameters that have a value. */
export function below(base: string, path: string, parameters: Readonly<Record<string, string | undefined>>): URL {
  const url = new URL(base.replace(/\/$/, '') + path);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

/**
 * JSON by HTTP from a registry. Redirects are not followed, and the answer is bounded in time and size.
 *
 * @throws {Error} in words without the URL's parameters, which may hold a credential.
 */
export async function askJson(url: URL, headers: Readonly<Record<string, string>>): Promise<Json> {
  const where = url.origin + url.pathname;
  const response = await get(url, headers).catch((error: unknown) => {
    throw new Error(`${where} cannot be asked: ${reasonOf(error)}`);
  });
  const { statusCode = 0 } = response;
  if (statusCode < 200 || statusCode > 299) {
    response.destroy();
    throw new Error(`${where} answered ${statusCode}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new Error(`${where} answered with more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  const read = readJson(Buffer.concat(chunks).toString('utf8'));
  if (!read.ok) throw new Error(`${where} answered with something else than JSON: ${read.problem.message}`);
  return read.value;
}

/** Not by `fetch`, which has no way to say which addresses a name may lead to. */
function get(url: URL, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? overHttps : overHttp;
  return new Promise((resolve, reject) => {
    const options = { headers: { ...headers }, agent: false, lookup, signal: AbortSignal.timeout(ASK_MS) };
    request(url, options, resolve).on('error', reject).end();
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'AbortError' ? `no answer within ${ASK_MS} ms` : error.message;
}

export const objectsIn = (value: Json | undefined): { readonly [key: string]: Json }[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null && !Array.isArray(each)) : [];

export const objectIn = (value: Json | undefined): { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json }) // no array, as just checked
    : {};

export const textIn = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A port as registries give it; `undefined` if it is none. */
export const portIn = (value: Json | undefined): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535 ? value : undefined;
