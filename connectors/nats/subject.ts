/** The control line of the protocol has 4,096 bytes, and more than the subject stands in it. */
const MAX_LENGTH = 1_024;

/** What is wrong with a subject to publish to; `undefined` if nothing is. */
export function subjectProblem(subject: string): string | undefined {
  if (/[*>]/.test(subject)) return 'must not contain * or >: it names one place';
  // What begins so reaches the server itself: $JS.API deletes streams, $SYS reads accounts.
  if (/^(?:\$|_INBOX\b)/i.test(subject)) return 'must not begin with $ or _INBOX: those are the server’s own';
  return filterProblem(subject);
}

/** What is wrong with a subject to read, which may have wildcards. */
export function filterProblem(filter: string): string | undefined {
  if (filter.length > MAX_LENGTH) return `must not be longer than ${MAX_LENGTH} characters`;
  if (!/^[^\s\p{C}]+$/u.test(filter)) return 'must be a text without spaces or control characters';
  if (filter.split('.').includes('')) return 'must be words with dots between them, such as payments.settled';
  return undefined;
}

/** Whether a subject is one that the filter reads: `*` stands for a word, `>` at the end for all that follow. */
export function matches(filter: string, subject: string): boolean {
  const words = subject.split('.');
  const wanted = filter.split('.');
  for (const [index, want] of wanted.entries()) {
    if (want === '>') return words.length > index;
    if (words[index] === undefined || (want !== '*' && want !== words[index])) return false;
  }
  return words.length === wanted.length;
}
