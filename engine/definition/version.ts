import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Json } from '../errors.ts';

/** JSON with sorted keys and no white space, so that equal documents have equal text (RFC 8785 in spirit). */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/**
 * The version of a flow: SHA-256 (hex) of its canonical JSON without `layout`. Documents that differ only in how they
 * are drawn have the same version.
 */
export function contentHash(flow: { readonly [key: string]: Json | undefined }): string {
  const { layout: _layout, ...meaning } = flow;
  return sha256Hex(canonicalJson(JSON.parse(JSON.stringify(meaning))));
}
