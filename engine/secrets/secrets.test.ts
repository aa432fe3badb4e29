import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Secrets, StoredSecret } from '../store/store.ts';
import { type Keyring, readKeyring } from './keys.ts';
import { type SuiteId, suites } from './suite.ts';
import { Vault } from './vault.ts';

const key = randomBytes(32);
const hex = (bytes: Buffer) => bytes.toString('hex');
const ring = (...texts: string[]) => readKeyring({ keys: texts.join(','), file: undefined, ownFile: undefined });

describe.each(Object.keys(suites) as SuiteId[])('%s', (id) => {
  const suite = suites[id];

  test('opens what it sealed, never twice in the same form', () => {
    for (const text of ['', 'hunter2', '密码', 'x'.repeat(5_000)]) {
      const sealed = suite.seal(key, 'DB', text);
      expect(suite.open(key, 'DB', sealed)).toBe(text);
      expect(suite.seal(key, 'DB', text)).not.toBe(sealed);
    }
  });

  test('opens nothing under another name, with another key, or changed by a bit', () => {
    const sealed = suite.seal(key, 'DB', 'hunter2');
    expect(() => suite.open(key, 'OTHER', sealed)).toThrow();
    expect(() => suite.open(randomBytes(32), 'DB', sealed)).toThrow();
    const bytes = Buffer.from(sealed, 'base64');
    for (const index of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => suite.open(key, 'DB', changed.toString('base64'))).toThrow();
    }
    expect(() => suite.open(key, 'DB', 'AAAA')).toThrow();
  });
});

describe('keys', () => {
  test('are read from a setting or a file, the one in use first', () => {
    const other = randomBytes(32);
    const [first, second] = ring(hex(key), other.toString('base64'));
    expect([first.bytes, second?.bytes]).toEqual([key, other]);
    const folder = mkdtempSync(join(tmpdir(), 'heddle-keys-'));
    writeFileSync(join(folder, 'keys'), `${hex(other)}\n${hex(key)}\n`);
    expect(readKeyring({ keys: undefined, file: join(folder, 'keys'), ownFile: undefined })[0].bytes).toEqual(other);
    rmSync(folder, { recursive: true });
  });

  test('one is made where none is given, readable by its owner alone, and the same ever after', () => {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-keys-'));
    const ownFile = join(folder, 'secret.key');
    const made = readKeyring({ keys: undefined, file: undefined, ownFile });
    expect(statSync(ownFile).mode & 0o777).toBe(0o600);
    expect(readKeyring({ keys: undefined, file: undefined, ownFile })).toEqual(made);
    expect(readFileSync(ownFile, 'utf8').trim()).toBe(hex(made[0].bytes));
    rmSync(folder, { recursive: true });
  });

  test.each(['short', '', 'zz'.repeat(32)])('%j is refused by the name of its setting', (text) => {
    expect(() => ring(text)).toThrow(/HEDDLE_SECRET_KEY/);
  });
});

describe('the vault', () => {
  const core = { service: 'core', destination: 'https://core.bank' };

  test('gives a secret to the destinations it was entered for, and to no others', async () => {
    const vault = await Vault.open(ring(hex(key)), 'aes-256-gcm', memoryStore());
    await vault.put('TOKEN', 'hunter2', [core], 'wang');
    expect(vault.reveal('TOKEN', core)).toBe('hunter2');
    const moved = { ...core, destination: 'https://evil.example' };
    expect([vault.reveal('TOKEN', moved), vault.state('TOKEN', moved)]).toEqual([undefined, 'locked']);
    expect(vault.reveal('TOKEN', { ...core, service: 'other' })).toBeUndefined();
    expect(vault.state('OTHER', core)).toBe('missing');
    await vault.put('TOKEN', 'hunter3', [moved], 'wang');
    expect([vault.reveal('TOKEN', moved), vault.reveal('TOKEN', core)]).toEqual(['hunter3', undefined]);
    expect(JSON.stringify(vault.list())).not.toContain('hunter');
  });

  test('what was entered before any service named it goes to the first that does', async () => {
    const vault = await Vault.open(ring(hex(key)), 'aes-256-gcm', memoryStore());
    await vault.put('TOKEN', 'hunter2', [], 'wang');
    await vault.grantFirst('TOKEN', core);
    await vault.grantFirst('TOKEN', { service: 'second', destination: 'https://evil.example' });
    expect(vault.list()[0]?.grants).toEqual({ core: 'https://core.bank' });
  });

  test('changes its key and its ciphers without losing a secret, and says which key is missing', async () => {
    const store = memoryStore();
    const next = randomBytes(32);
    const open = (keys: Keyring, suite: SuiteId) => Vault.open(keys, suite, store);
    await (await open(ring(hex(key)), 'aes-256-gcm')).put('TOKEN', 'hunter2', [core], 'wang');
    await open(ring(hex(next), hex(key)), 'sm4-cbc-hmac-sm3');
    const later = await open(ring(hex(next)), 'sm4-cbc-hmac-sm3');
    expect(later.reveal('TOKEN', core)).toBe('hunter2');
    expect(later.list()[0]).toMatchObject({ suite: 'sm4-cbc-hmac-sm3', updatedBy: 'wang' });
    await expect(open(ring(hex(key)), 'aes-256-gcm')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('TOKEN'),
    });
  });
});

function memoryStore(): Secrets {
  const rows = new Map<string, StoredSecret>();
  return {
    all: async () => [...rows.values()],
    save: async (secret: StoredSecret) => {
      rows.set(secret.name, secret);
      return secret;
    },
    remove: async (name: string) => void rows.delete(name),
  } as Secrets;
}
