/**
 * Plain addresses only: no comments, no quoted parts, no lists in one text. Labels are told apart by a dot that must be
 * there: with one that may be left out, a text has so many readings that 40 letters take seconds to refuse.
 */
const ADDRESS =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?){0,9}\.?$/;

/** What is wrong with an address; `undefined` if nothing is. */
export function addressProblem(address: string): string | undefined {
  if (address.length <= 254 && ADDRESS.test(address)) return undefined;
  return 'must be a plain address such as notice@bank.example';
}

/** What is wrong with a text that becomes one line of a header; `undefined` if nothing is. */
export function lineProblem(text: string): string | undefined {
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) return 'must not contain line breaks or control characters';
  if (text.length > 500) return 'must not be longer than 500 characters';
  if (Buffer.from(text).toString() !== text) return 'must be well-formed Unicode';
  return undefined;
}
