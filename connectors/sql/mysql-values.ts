import type { FieldPacket } from 'mysql2';
import type { Json } from '../sdk/index.ts';
import { real } from './numbers.ts';
import { SqlFault } from './session.ts';
import { jsonText, timestamp } from './values.ts';

/** Types of columns in the protocol. */
const TIMESTAMP = 7;
const DATETIME = 12;
const JSON_TYPE = 245;

/** A row as the library gives it: decimals and integers past 2^53 are texts already. */
export function readRow(row: readonly unknown[], fields: readonly FieldPacket[]): Json[] {
  return row.map((value, index) => read(value, fields[index]));
}

function read(value: unknown, field: FieldPacket | undefined): Json {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return real(value);
  if (typeof value === 'bigint') return String(value);
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (typeof value !== 'string') {
    throw new SqlFault('unreadable', `the column ${field?.name ?? ''} has a type that JSON cannot hold`);
  }
  const type = field?.columnType ?? field?.type;
  if (type === JSON_TYPE) return jsonText(value);
  return type === TIMESTAMP || type === DATETIME ? timestamp(value) : value;
}
