const token = /'((?:[^']|'')*)'|yyyy|yy|MM|M|dd|d|HH|H|mm|m|ss|s|SSS|EEE|XXX|[^A-Za-z']/y;

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A wall time (as if on UTC) and how far its clock is from UTC. */
export interface Shown {
  readonly wallMs: number;
  readonly offsetMs: number;
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

function offset(offsetMs: number): string {
  if (offsetMs === 0) return 'Z';
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  return `${offsetMs < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

function write(name: string, { wallMs, offsetMs }: Shown): string {
  const date = new Date(wallMs);
  switch (name) {
    case 'yyyy':
      return pad(date.getUTCFullYear(), 4);
    case 'yy':
      return pad(date.getUTCFullYear() % 100);
    case 'MM':
    case 'M':
      return pad(date.getUTCMonth() + 1, name.length);
    case 'dd':
    case 'd':
      return pad(date.getUTCDate(), name.length);
    case 'HH':
    case 'H':
      return pad(date.getUTCHours(), name.length);
    case 'mm':
    case 'm':
      return pad(date.getUTCMinutes(), name.length);
    case 'ss':
    case 's':
      return pad(date.getUTCSeconds(), name.length);
    case 'SSS':
      return pad(date.getUTCMilliseconds(), 3);
    case 'EEE':
      return weekdays[date.getUTCDay()] ?? '';
    case 'XXX':
      return offset(offsetMs);
    default:
      return name;
  }
}

/** Splits a pattern into its parts, or `undefined` if it has letters that mean nothing. */
function partsOf(pattern: string): { readonly name: string; readonly quoted?: string }[] | undefined {
  const parts: { readonly name: string; readonly quoted?: string }[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < pattern.length) {
    const found = token.exec(pattern);
    if (!found) return undefined;
    const [name, quoted] = found;
    parts.push(quoted === undefined ? { name } : { name, quoted: quoted === '' ? "'" : quoted.replaceAll("''", "'") });
  }
  return parts;
}

/** Whether a text is a pattern that `formatDate` understands. */
export const isDatePattern = (pattern: string): boolean => partsOf(pattern) !== undefined;

/**
 * Writes a date by a pattern of `yyyy yy MM M dd d HH H mm m ss s SSS EEE XXX`; text in single quotes and signs stay as
 * they are. `undefined` if the pattern holds anything else.
 */
export function formatDate(shown: Shown, pattern: string): string | undefined {
  return partsOf(pattern)
    ?.map(({ name, quoted }) => quoted ?? write(name, shown))
    .join('');
}
