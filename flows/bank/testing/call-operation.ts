import { describeServices } from '../describe.ts';
import { callService, type HttpAnswer } from './call-service.ts';

/** Calls an operation as Heddle's HTTP connector would: from one flat input, by what the description says. */
export async function callOperation(
  baseUrl: string,
  name: string,
  { input, key }: { readonly input: Readonly<Record<string, unknown>>; readonly key: string },
): Promise<HttpAnswer> {
  const [service = '', operation = ''] = name.split('.');
  const described = describeServices(baseUrl).find(({ id }) => id === service)?.operations[operation];
  if (described === undefined) throw new Error(`no operation ${name}`);
  const { method, path, query = [], headers = {} } = described.binding;
  const rest = { ...input };
  const take = (member: string): string | undefined => {
    const value = rest[member];
    delete rest[member];
    return value === undefined ? undefined : String(value);
  };
  const url = new URL(baseUrl + path.replaceAll(/\{(\w+)\}/g, (_, member) => encodeURIComponent(take(member) ?? '')));
  for (const member of query) {
    const value = take(member);
    if (value !== undefined) url.searchParams.set(member, value);
  }
  const sent = Object.entries(headers).flatMap(([member, header]) => {
    const value = take(member);
    return value === undefined ? [] : [[header, value] as const];
  });
  const body = method === 'GET' ? {} : { body: rest };
  const keyed = described.readOnly ? {} : { key };
  return callService(url.href, { method, headers: Object.fromEntries(sent), ...keyed, ...body });
}
