import { refused } from './read-document.ts';
import type { Report } from './report.ts';
import { listOf, type Tree, textOf, treeOf } from './tree.ts';

/** @returns The URL with the defaults of its variables, or why there is none. */
function serverUrl(server: unknown): { readonly url: string } | { readonly reason: string } {
  const { url, variables } = treeOf(server);
  if (typeof url !== 'string' || url === '') return { reason: 'it has no URL' };
  let missing: string | undefined;
  const filled = url.replace(/\{([^{}]+)\}/g, (_whole, name: string) => {
    const { default: fallback, enum: choices } = treeOf(treeOf(variables)[name]);
    const value = fallback ?? listOf(choices)[0];
    if (value === undefined || value === null || typeof value === 'object') missing ??= name;
    return String(value);
  });
  if (missing !== undefined) return { reason: `its variable ${missing} has no default` };
  if (!/^https?:\/\//i.test(filled) || !URL.canParse(filled)) return { reason: `${filled} does not say which host` };
  return { url: filled.replace(/\/+$/, '') };
}

/**
 * Where the service is: what the caller says, what the registered service says, the document's first usable server.
 *
 * @throws {FlowError} `IMPORT_INVALID` if nobody says it.
 */
export function baseUrlOf(
  document: Tree,
  given: { readonly baseUrl?: string | undefined; readonly present?: string | undefined },
  report: Report,
): string {
  const servers = listOf(document['servers']);
  const urls = servers.map(serverUrl);
  const usable = urls.flatMap((each) => ('url' in each ? [each.url] : []));
  const chosen = given.baseUrl?.trim().replace(/\/+$/, '') || given.present || usable[0];
  if (chosen === undefined) {
    const reasons = urls.flatMap((each) => ('reason' in each ? [each.reason] : []));
    const why = reasons.length === 0 ? 'the document names no server' : `no server can be used: ${reasons.join('; ')}`;
    throw refused(`${why}. Give baseUrl, such as https://host/path`, '/baseUrl');
  }
  const others = usable.filter((url) => url !== chosen);
  if (others.length > 0) report.warn(`Calls go to ${chosen}. The document also names ${others.join(', ')}`);
  return chosen;
}

/**
 * What comes before the path of an operation that has servers of its own.
 *
 * @returns `undefined` if its server is on another host than the service.
 */
export function prefixOf(own: unknown, document: Tree, baseUrl: string): string | undefined {
  const servers = listOf(own);
  if (servers.length === 0) return '';
  const bases = [baseUrl, ...listOf(document['servers']).flatMap(urlOf)];
  for (const url of servers.flatMap(urlOf)) {
    const base = bases.find((each) => url === each || url.startsWith(`${each}/`));
    if (base !== undefined) return url.slice(base.length);
  }
  return undefined;
}

/** Why an operation with these servers is not called by the service that the rest of the document becomes. */
export function whyElsewhere(own: unknown): string {
  const servers = listOf(own).map(serverUrl);
  const reasons = servers.flatMap((each) => ('reason' in each ? [each.reason] : []));
  return reasons.length > 0 && reasons.length === servers.length
    ? `its own server cannot be used: ${reasons.join('; ')}`
    : 'it is on another server than the service: import it as a service of its own';
}

const urlOf = (server: unknown): string[] => {
  const found = serverUrl(server);
  return 'url' in found ? [found.url] : [];
};

/** What the document says about credentials, in words: they are set in the service's config, never imported. */
export function warnOfSecurity(document: Tree, report: Report): void {
  const schemes = Object.entries(treeOf(treeOf(document['components'])['securitySchemes']));
  if (schemes.length === 0) return;
  const told = schemes.map(([name, scheme]) => `${name} (${describe(treeOf(scheme))})`).join(', ');
  report.warn(
    `The service asks for credentials: ${told}. Set them in its config, in \`headers\` by the name of a secret`,
  );
}

function describe(scheme: Tree): string {
  const type = textOf(scheme['type']) ?? 'unknown';
  if (type === 'apiKey') return `API key in the ${textOf(scheme['in'])} ${textOf(scheme['name'])}`;
  return type === 'http' ? `HTTP ${textOf(scheme['scheme'])}` : type;
}

/** Names of headers, in small letters, that carry a credential. */
export function credentialHeaders(document: Tree): ReadonlySet<string> {
  const schemes = Object.values(treeOf(treeOf(document['components'])['securitySchemes'])).map(treeOf);
  const names = schemes.filter((scheme) => scheme['type'] === 'apiKey' && scheme['in'] === 'header');
  return new Set(names.map((scheme) => String(scheme['name']).toLowerCase()));
}
