import { Type } from 'typebox';
import { isRange } from './address.ts';
import type { ConfigProblem } from './connector.ts';

/** The field `allowAddresses` of a configuration; what it says is kept by `addressRule`. */
export const AllowAddresses = Type.Array(Type.String(), {
  title: 'Allowed addresses',
  description:
    'IP addresses or CIDR ranges that the host may resolve to. Without it: all but link-local, cloud metadata and multicast.',
  examples: [['10.20.0.0/16']],
});

/** What is wrong with a configuration's field `allowAddresses`. */
export function allowAddressesProblems(ranges: readonly string[] = []): readonly ConfigProblem[] {
  const message = 'must be an IP address or a CIDR range such as 10.0.0.0/8';
  return ranges.flatMap((range, index) => (isRange(range) ? [] : [{ pointer: `/allowAddresses/${index}`, message }]));
}
