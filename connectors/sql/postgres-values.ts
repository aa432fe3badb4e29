import type { Json } from '../sdk/index.ts';
import { integer, real } from './numbers.ts';
import { parsePostgresArray } from './postgres-array.ts';
import { jsonText, timestamp } from './values.ts';

type Reader = (text: string) => Json;

const whole: Reader = (text) => integer(text);
const float: Reader = (text) => real(Number(text));
const bool: Reader = (text) => text === 't';
/** `\x48656c` → base64 */
const bytes: Reader = (text) => Buffer.from(text.slice(2), 'hex').toString('base64');
const asText: Reader = (text) => text;

/** By the OIDs of PostgreSQL's catalogue, which never change. Everything else, numeric among it, stays text. */
const scalars = new Map<number, Reader>([
  [16, bool],
  [17, bytes],
  [20, whole],
  [21, whole],
  [23, whole],
  [26, whole],
  [114, jsonText],
  [700, float],
  [701, float],
  [1114, timestamp],
  [1184, timestamp],
  [3802, jsonText],
]);

/** Array type → type of its elements. */
const arrays = new Map<number, number>([
  [199, 114],
  [1000, 16],
  [1001, 17],
  [1005, 21],
  [1007, 23],
  [1009, 25],
  [1014, 1042],
  [1015, 1043],
  [1016, 20],
  [1021, 700],
  [1022, 701],
  [1028, 26],
  [1115, 1114],
  [1182, 1082],
  [1183, 1083],
  [1185, 1184],
  [1231, 1700],
  [2951, 2950],
  [3807, 3802],
]);

/** How the text of a value of this type becomes JSON. */
export function readerOf(oid: number): Reader {
  const element = arrays.get(oid);
  if (element === undefined) return scalars.get(oid) ?? asText;
  const read = scalars.get(element) ?? asText;
  return (text) => parsePostgresArray(text, read);
}
