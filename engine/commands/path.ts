import type { Note } from '../kernel/index.ts';

/** One history line for a terminal; undefined for lines that only repeat others. */
export function pathLine(note: Note): string | undefined {
  const time = new Date(note.at).toISOString().slice(11, 23);
  switch (note.kind) {
    case 'entered':
      return `${time}  → ${note.id} (${note.type})`;
    case 'completed':
      return `${time}  ✓ ${note.id} ${brief(note.output)}`;
    case 'stood-in':
      return `${time}  · ${note.id} is answered by a ${note.by}, not by its service`;
    case 'chose':
      return `${time}  ? ${note.id} took ${note.port}`;
    case 'failed':
      return `${time}  ✗ ${note.id} ${note.error.code}: ${note.error.message}${note.caught ? ' (caught)' : ''}`;
    case 'retrying':
      return `${time}  ↻ ${note.id} attempt ${note.attempt} after ${note.error.code}`;
    case 'incident':
      return `${time}  ! ${note.id} waits for an operator: ${note.error.code}: ${note.error.message}`;
    case 'undone':
      return `${time}  ↶ ${note.id} undone`;
    case 'cancelled':
      return `${time}  – ${note.id} cancelled`;
    default:
      return undefined;
  }
}

const brief = (value: unknown) => {
  const text = JSON.stringify(value) ?? 'null';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
};
