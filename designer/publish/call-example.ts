import type { Json, JsonObject } from '@heddle/engine/errors';

/** A curl command that calls the flow by its first HTTP trigger; undefined when it has none. */
export function callExample(flow: JsonObject, origin: string, input: string | undefined): string | undefined {
  const triggers = Array.isArray(flow['triggers']) ? (flow['triggers'] as readonly JsonObject[]) : [];
  const trigger = triggers.find((each) => each['type'] === 'http');
  if (trigger === undefined) return undefined;
  const { method, path } = trigger as { readonly method: string; readonly path: string };
  const values = members(input);
  const used = new Set<string>();
  const filled = path.replaceAll(/\{([^}]+)\}/g, (_all, name: string) => {
    used.add(name);
    return encodeURIComponent(String(values[name] ?? name));
  });
  const rest = Object.fromEntries(Object.entries(values).filter(([name]) => !used.has(name)));
  const url = `${origin}/open${filled}`;
  if (method === 'GET' || method === 'DELETE') {
    const query = new URLSearchParams(Object.entries(rest).map(([name, value]) => [name, String(value)])).toString();
    return `curl -s${method === 'GET' ? '' : ` -X ${method}`} '${url}${query === '' ? '' : `?${query}`}'`;
  }
  const body = JSON.stringify(rest).replaceAll("'", "'\\''");
  return `curl -s -X ${method} '${url}' \\\n  -H 'content-type: application/json' \\\n  -d '${body}'`;
}

function members(input: string | undefined): { readonly [name: string]: Json } {
  try {
    const value = JSON.parse(input ?? '{}') as Json;
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
  } catch {
    // Half-typed: the example goes without.
    return {};
  }
}
