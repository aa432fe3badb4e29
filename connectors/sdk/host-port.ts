/**
 * Reads `host:port` as it stands in a configuration.
 *
 * @param defaultPort without it the text must name a port
 * @returns `undefined` if the text is none, or the port not one of 1 to 65535. An IPv6 address keeps its brackets.
 */
export function hostAndPort(
  text: string,
  { defaultPort, isIpv6Allowed = false }: { readonly defaultPort?: number; readonly isIpv6Allowed?: boolean } = {},
): { readonly host: string; readonly port: number } | undefined {
  const [, host, digits] = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const port = digits === undefined ? defaultPort : Number(digits);
  if (host === undefined || port === undefined || port < 1 || port > 65_535) return undefined;
  return host.startsWith('[') && !isIpv6Allowed ? undefined : { host, port };
}
