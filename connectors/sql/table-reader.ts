import type { Json } from '../sdk/index.ts';
import { type Limits, SqlFault } from './session.ts';

/** Collects rows as they arrive, and says stop at the first that is too many. */
export class TableReader {
  readonly rows: (readonly Json[])[] = [];
  readonly #limits: Limits;
  #bytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** @throws {SqlFault} `too-large` */
  add(row: readonly Json[]): void {
    const { maxRows, maxBytes } = this.#limits;
    if (this.rows.length >= maxRows) {
      throw new SqlFault(
        'too-large',
        `the answer has more than ${maxRows} rows: narrow the statement or raise maxRows`,
      );
    }
    for (const value of row) this.#bytes += sizeOf(value);
    if (this.#bytes > maxBytes) throw new SqlFault('too-large', `the answer is larger than ${maxBytes} bytes`);
    this.rows.push(row);
  }
}

/** About the bytes in JSON; exact for what is large. */
function sizeOf(value: Json): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 3;
  if (typeof value === 'object' && value !== null) return Buffer.byteLength(JSON.stringify(value)) + 1;
  return 6;
}
