import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** A way to seal a text under a key of 32 bytes. What it is sealed with (`name`) must be given to open it. */
export interface Suite {
  seal(key: Buffer, name: string, text: string): string;
  /** @throws if the key, the name or the sealed text is not what it was */
  open(key: Buffer, name: string, sealed: string): string;
}

/** AES-256 in Galois/Counter Mode (NIST SP 800-38D): nonce of 96 bits, then tag of 128 bits, then ciphertext. */
const aesGcm: Suite = {
  seal(key, name, text) {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
  },
  open(key, name, sealed) {
    const bytes = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  },
};

/**
 * SM4 in CBC mode (GB/T 32907), then HMAC with SM3 (GB/T 32905) over name, vector and ciphertext; the two keys come from
 * the one by HKDF (RFC 5869). For those who must use the algorithms of the SM series, which have no GCM in OpenSSL.
 */
const sm4Sm3: Suite = {
  seal(key, name, text) {
    const { cipherKey, macKey } = smKeys(key);
    const vector = randomBytes(16);
    const cipher = createCipheriv('sm4-cbc', cipherKey, vector);
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([mac(macKey, name, vector, body), vector, body]).toString('base64');
  },
  open(key, name, sealed) {
    const { cipherKey, macKey } = smKeys(key);
    const bytes = Buffer.from(sealed, 'base64');
    const vector = bytes.subarray(32, 48);
    const body = bytes.subarray(48);
    if (!timingSafeEqual(mac(macKey, name, vector, body), bytes.subarray(0, 32)))
      throw new Error('it was not sealed with this key under this name');
    const decipher = createDecipheriv('sm4-cbc', cipherKey, vector);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  },
};

function smKeys(key: Buffer): { readonly cipherKey: Buffer; readonly macKey: Buffer } {
  const derived = Buffer.from(hkdfSync('sm3', key, Buffer.alloc(0), 'heddle secrets', 48));
  return { cipherKey: derived.subarray(0, 16), macKey: derived.subarray(16) };
}

function mac(key: Buffer, name: string, vector: Buffer, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(name));
  return createHmac('sm3', key).update(length).update(name).update(vector).update(body).digest();
}

/** By the id that is kept with what they have sealed. A new one is a line here. */
export const suites = { 'aes-256-gcm': aesGcm, 'sm4-cbc-hmac-sm3': sm4Sm3 } as const satisfies Record<string, Suite>;

export type SuiteId = keyof typeof suites;

export const isSuite = (id: string): id is SuiteId => Object.hasOwn(suites, id);
