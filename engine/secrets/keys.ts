import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { FlowError, messageOf } from '../errors.ts';

/** A key of 32 bytes, and the name by which what it sealed remembers it. */
export interface SecretKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/** Keys, the one in use first; the others only open what they once sealed. */
export type Keyring = readonly [SecretKey, ...SecretKey[]];

export interface KeySettings {
  /** Keys in hexadecimal or base64, separated by commas; undefined: not given. */
  readonly keys: string | undefined;
  /** A file with such keys, one in a line. */
  readonly file: string | undefined;
  /** Where a key is made when neither is given; undefined: none is made, the keyring lives in memory. */
  readonly ownFile: string | undefined;
}

/**
 * Reads the keys that secrets are sealed with.
 *
 * @throws {FlowError} `CONFIG_INVALID` naming the setting
 */
export function readKeyring({ keys, file, ownFile }: KeySettings): Keyring {
  if (keys !== undefined) return keyring(keys.split(','), 'HEDDLE_SECRET_KEY');
  if (file !== undefined) return keyring(read(file).split(/[\r\n,]+/), `HEDDLE_SECRET_KEY_FILE (${file})`);
  if (ownFile === undefined) return [keyOf(randomBytes(32))];
  // Readable by its owner alone, and never replaced: what it sealed would be lost.
  if (!existsSync(ownFile))
    writeFileSync(ownFile, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  return keyring(read(ownFile).split(/[\r\n,]+/), ownFile);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new FlowError('CONFIG_INVALID', `the key file ${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function keyring(texts: readonly string[], setting: string): Keyring {
  const keys = texts
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
      if (bytes.length === 32) return keyOf(bytes);
      throw new FlowError(
        'CONFIG_INVALID',
        `${setting}: a key has 32 bytes, in hexadecimal or base64; make one with: openssl rand -hex 32`,
      );
    });
  const [first, ...rest] = keys;
  if (first === undefined) throw new FlowError('CONFIG_INVALID', `${setting} holds no key`);
  return [first, ...rest];
}

const keyOf = (bytes: Buffer): SecretKey => ({
  id: createHash('sha256').update('heddle key id').update(bytes).digest('hex').slice(0, 16),
  bytes,
});
