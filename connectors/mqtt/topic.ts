const MAX_BYTES = 65_535;

/** What is wrong with a topic to publish to; `undefined` if nothing is. */
export function topicProblem(topic: string): string | undefined {
  if (/[+#]/.test(topic)) return 'must not contain + or #: it names one place';
  // The broker’s own: $SYS tells of it, $share is no topic.
  if (topic.startsWith('$')) return 'must not begin with $';
  return textProblem(topic);
}

/** What is wrong with a filter to read by; `undefined` if nothing is. */
export function filterProblem(filter: string): string | undefined {
  const levels = filter.split('/');
  for (const [index, level] of levels.entries()) {
    if (level.includes('+') && level !== '+') return 'may have + only as a whole level';
    if (level.includes('#') && (level !== '#' || index < levels.length - 1)) return 'may have # only as the last level';
  }
  if (filter.startsWith('$share')) return 'must not begin with $share: name the group instead';
  return textProblem(filter);
}

function textProblem(text: string): string | undefined {
  if (text === '') return 'must not be empty';
  if (Buffer.byteLength(text) > MAX_BYTES) return `must not be longer than ${MAX_BYTES} bytes`;
  if (/\p{C}/u.test(text)) return 'must not contain line breaks or control characters';
  return undefined;
}
