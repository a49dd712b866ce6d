// SPDX-License-Identifier: EUPL-1.2
// Byte strings: joining, comparing, numbers as bytes, SHA-256 (section 3.2 of the protocol).

import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils';
import type { Meaning } from './report.js';

export { bytesToHex as hex, hexToBytes as fromHex };

/** What was read does not have the form, or does not satisfy the rule, that the protocol demands. */
export class Malformed extends Error {
  constructor(
    message: string,
    readonly meaning?: Meaning,
  ) {
    super(message);
  }
}

/** Refuses with `problem` unless `condition` holds; `meaning` says it for everybody. */
export function demand(condition: boolean, problem: string, meaning?: Meaning): asserts condition {
  if (!condition) throw new Malformed(problem, meaning);
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return joinAll(parts);
}

/** The same for a list of any length: functions do not take arguments without end. */
export function joinAll(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** -1, 0 or 1: the order of byte strings, byte by byte from the left. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(a.length - b.length);
}

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text that `bytes` encode; refused if they are not UTF-8. A byte order mark is kept as a character. */
export function textOf(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Malformed(`${what} is not UTF-8`);
  }
}

/** `x` as 8 bytes, most significant first. */
export function be64(x: number | bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(x));
  return bytes;
}

/** `frame(x) = be64(length of x) ‖ x`. */
export function frame(x: Uint8Array): Uint8Array {
  return join(be64(x.length), x);
}

export function littleEndian(bytes: Uint8Array): bigint {
  let digits = '';
  for (let i = bytes.length - 1; i >= 0; i--) digits += bytes[i]!.toString(16).padStart(2, '0');
  return BigInt(`0x${digits === '' ? '0' : digits}`);
}

/** SHA-256. */
export function hash(x: Uint8Array): Uint8Array {
  return sha256(x);
}

/** The pieces of `bytes` of `size` bytes each; refused if they are not `count` pieces exactly. */
export function pieces(bytes: Uint8Array, size: number, count: number, what: string): Uint8Array[] {
  demand(bytes.length === size * count, `${what} has ${bytes.length} bytes instead of ${size * count}`);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}
