// SPDX-License-Identifier: EUPL-1.2
// Secret numbers and what is made with them.
//
// Randomness comes from crypto.getRandomValues and from nowhere else. Multiples by secret numbers go through the
// library's way whose additions do not depend on the number; the arithmetic below it is that of BigInt, whose time
// may depend on values, as all big numbers' in JavaScript may. Byte strings are overwritten after use; numbers and
// what the engine copied stay in memory until it is collected.

import { join, littleEndian } from '../../verify/src/bytes.js';
import {
  decodeElement,
  encodeElement,
  G,
  IDENTITY,
  modulo,
  ORDER,
  type Point,
} from '../../verify/src/group.js';
import { Transcript } from '../../verify/src/transcript.js';

export function randomBytes(count: number): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(count));
}

/** A uniform number 1 … l − 1. */
export function randomScalar(): bigint {
  for (;;) {
    const bytes = randomBytes(64);
    const scalar = littleEndian(bytes) % ORDER;
    bytes.fill(0);
    if (scalar !== 0n) return scalar;
  }
}

export function encodeScalar(scalar: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  let rest = modulo(scalar);
  for (let i = 0; i < 32; i++, rest >>= 8n) bytes[i] = Number(rest & 255n);
  return bytes;
}

/** A page makes a few multiples of the generator, so that a small table, made quickly, serves it better than a large one. */
const WINDOW = 4;
G.precompute(WINDOW);

/** Joint keys with their tables, by their bytes in memory. */
const jointKeys = new WeakMap<Uint8Array, Point>();

/** The joint key as an element with a table for its multiples, which is made at the first of them. */
export function jointKeyPoint(bytes: Uint8Array): Point {
  let point = jointKeys.get(bytes);
  if (point === undefined) {
    point = decodeElement(bytes, 'the joint key');
    point.precompute(WINDOW);
    jointKeys.set(bytes, point);
  }
  return point;
}

/** A multiple by a secret number. */
export function secretMultiple(scalar: bigint, point: Point): Point {
  return scalar === 0n ? IDENTITY : point.multiply(scalar);
}

/** A nonce that neither a failing generator nor a repeated message alone makes predictable (section 4.1). */
function nonceFor(secret: Uint8Array, transcript: Transcript): bigint {
  const fresh = randomBytes(32);
  const bound = transcript.copy().challenge('nonce');
  const nonce = new Transcript('nonce')
    .append('fresh', fresh)
    .append('secret', secret)
    .append('message', bound)
    .challengeScalar('k');
  fresh.fill(0);
  return nonce === 0n ? randomScalar() : nonce;
}

/** Signs what the transcript holds (section 4.1). `nonce` is given in tests only. */
export function sign(
  transcript: Transcript,
  key: { readonly secret: Uint8Array; readonly public: Uint8Array },
  nonce = nonceFor(key.secret, transcript),
): Uint8Array {
  const commitment = encodeElement(secretMultiple(nonce, G));
  transcript.append('key', key.public).append('commitment', commitment);
  const e = transcript.challengeScalar('e');
  return join(commitment, encodeScalar(nonce + e * littleEndian(key.secret)));
}

/** Proves that the logarithms of the packed elements are known (section 4.2). `nonces` are given in tests only. */
export function proveKnowledge(
  transcript: Transcript,
  elements: Uint8Array,
  secrets: readonly bigint[],
  nonces: readonly bigint[] = secrets.map(randomScalar),
): Uint8Array {
  const commitments = join(...nonces.map((nonce) => encodeElement(secretMultiple(nonce, G))));
  transcript.append('elements', elements).append('commitments', commitments);
  const c = transcript.challengeScalar('c');
  return join(commitments, ...secrets.map((secret, k) => encodeScalar(nonces[k]! + c * secret)));
}
