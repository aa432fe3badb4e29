import { readFileSync } from 'node:fs';

const operations = ['create', 'write', 'truncate', 'sync', 'rename', 'unlink', 'mkdir', 'mark'] as const;
const MAGIC = 0x4b53_4944;
const HEAD_BYTES = 40;

/** One thing that was done to the files of a store, in the order in which they were done. */
export interface DiskOperation {
  readonly kind: (typeof operations)[number];
  readonly path: string;
  /** Where a file was renamed to; else empty. */
  readonly otherPath: string;
  /** What tells files of the same name apart. */
  readonly inode: number;
  /** Of a write: where; of a truncate: the new size. */
  readonly offset: number;
  /** The error number of a sync that failed; else 0. */
  readonly error: number;
  /** What was written, or the text of a mark. */
  readonly data: Buffer;
}

/** Reads what the interposed library recorded (`struct record` in interposer.c). */
export function readTrace(path: string): DiskOperation[] {
  const bytes = readFileSync(path);
  const found: DiskOperation[] = [];
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    if (bytes.readUInt32LE(at) !== MAGIC) throw new Error(`the trace is broken at byte ${at}`);
    const kind = operations[bytes.readUInt32LE(at + 4) - 1];
    if (kind === undefined) throw new Error(`the trace has an unknown operation at byte ${at}`);
    const pathBytes = bytes.readUInt32LE(at + 12);
    const otherPathBytes = bytes.readUInt32LE(at + 16);
    const dataBytes = bytes.readUInt32LE(at + 20);
    const names = at + HEAD_BYTES;
    const data = names + pathBytes + otherPathBytes;
    found.push({
      kind,
      error: bytes.readInt32LE(at + 8),
      offset: Number(bytes.readBigUInt64LE(at + 24)),
      inode: Number(bytes.readBigUInt64LE(at + 32)),
      path: bytes.toString('utf8', names, names + pathBytes),
      otherPath: bytes.toString('utf8', names + pathBytes, data),
      data: bytes.subarray(data, data + dataBytes),
    });
    at = data + dataBytes;
  }
  return found;
}

/** Operations that a fault can strike: on the database and its log, as `can_fail` in interposer.c has it. */
export const canFail = ({ kind, path }: DiskOperation): boolean =>
  kind !== 'mark' && kind !== 'mkdir' && path.includes('heddle.db') && !path.includes('.lock');
