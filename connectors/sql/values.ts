import { type Json, readJson } from '../sdk/index.ts';
import { SqlFault } from './session.ts';

/** @throws {SqlFault} `unreadable` */
export function jsonText(text: string): Json {
  const read = readJson(text);
  if (read.ok) return read.value;
  throw new SqlFault('unreadable', `a value is not usable JSON: ${read.problem.message}`);
}

/** `2024-05-01 10:00:00+08` → `2024-05-01T10:00:00+08:00`; what has no such form (infinity, BC) stays as it is. */
export function timestamp(text: string): string {
  const parts = /^(\d{4,}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(?:([+-]\d\d)(?::?(\d\d))?)?$/.exec(text);
  if (!parts) return text;
  const [, date, time, hours, minutes = '00'] = parts;
  const zone = hours === undefined ? '' : `${hours}:${minutes}`;
  return `${date}T${time}${zone === '+00:00' ? 'Z' : zone}`;
}
