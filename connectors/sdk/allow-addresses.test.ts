import { expect, test } from 'vitest';
import { allowAddressesProblems } from './allow-addresses.ts';

test('what is neither an address nor a range is named', () => {
  const problems = allowAddressesProblems(['10.20.0.0/16', 'core.bank.internal', '::1', '10.0.0.0/33']);
  expect(problems.map(({ pointer }) => pointer)).toEqual(['/allowAddresses/1', '/allowAddresses/3']);
  expect(allowAddressesProblems(undefined)).toEqual([]);
});
