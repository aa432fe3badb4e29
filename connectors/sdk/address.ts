import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** A resolved address that the service's configuration does not allow; nothing was connected. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
  readonly code = 'HEDDLE_ADDRESS_REFUSED';
}

/**
 * Never a service: "this host", link-local (where clouds keep instance credentials: 169.254.169.254), the other metadata
 * addresses of Alibaba Cloud, Azure, Oracle Cloud, AWS and Google Cloud, multicast, reserved. To call one all the same, name it in `allowAddresses`.
 */
const NEVER: readonly string[] = [
  '0.0.0.0/8',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '192.0.0.192/32',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  'fe80::/10',
  'ff00::/8',
];

/** Says whether an address may be connected to. */
export type AddressRule = (address: string) => boolean;

/**
 * @param allowed Addresses or CIDR ranges, all valid by {@link isRange}. `undefined` allows all but those that are
 *   never a service.
 */
export function addressRule(allowed: readonly string[] | undefined): AddressRule {
  const list = blockList(allowed ?? NEVER);
  return (address) => {
    const { text, family } = plain(address);
    const isListed = list.check(text, family);
    return allowed ? isListed : !isListed;
  };
}

/** An address (`10.1.2.3`, `fd00::1`) or range (`10.0.0.0/8`). */
export function isRange(text: string): boolean {
  const [address = '', prefix, rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest !== undefined) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family);
  }
  return list;
}

/** Where translators put an IPv4 address: mapped, compatible, SIIT, NAT64 of both prefixes, and 6to4. */
const EMBEDDED = [
  /^(?:::(?:ffff:(?:0:)?)?|64:ff9b:(?:1:)?:)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/,
  /^2002:([0-9a-f]{1,4}):([0-9a-f]{0,4}):/,
];

/** IPv4 addresses in IPv6 clothes (`::ffff:127.0.0.1`, NAT64 `64:ff9b::7f00:1`) are judged as what they reach. */
function plain(address: string): { text: string; family: 'ipv4' | 'ipv6' } {
  if (isIP(address) !== 6) return { text: address, family: 'ipv4' };
  // The URL parser writes every spelling of an IPv6 address in its one canonical form.
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const embedded = EMBEDDED.map((form) => form.exec(canonical)).find((match) => match !== null);
  if (!embedded) return { text: canonical, family: 'ipv6' };
  const [high, low] = [Number.parseInt(embedded[1] ?? '', 16), Number.parseInt(embedded[2] || '0', 16)];
  return { text: `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`, family: 'ipv4' };
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;
export type Lookup = (hostname: string, options: LookupOptions, callback: LookupCallback) => void;

/**
 * A `lookup` for `net.connect` that hands on allowed addresses only: what was checked is what is connected to, so a
 * name that resolves differently a moment later gains nothing.
 */
export function guardedLookup(isAllowed: AddressRule, resolve: typeof dnsLookup = dnsLookup): Lookup {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const allowed = addresses.filter(({ address }) => isAllowed(address));
      const first = allowed[0];
      if (!first) return callback(new AddressError(`${hostname} has no address that allowAddresses allows`), []);
      if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
