// SPDX-License-Identifier: EUPL-1.2
// The group ristretto255: elements, scalars, sums of multiples, independent generators (sections 3.1 and 3.5).

import { RistrettoPoint } from '@noble/curves/ed25519';
import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve';
import { sha512 } from '@noble/hashes/sha2';
import { be64, demand, littleEndian, Malformed, pieces, utf8 } from './bytes.js';

export type Point = typeof RistrettoPoint.BASE;
export type Term = readonly [scalar: bigint, point: Point];

/** The order `l` of the group. */
export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
export const G: Point = RistrettoPoint.BASE;
export const IDENTITY: Point = RistrettoPoint.ZERO;

export const modulo = (x: bigint): bigint => ((x % ORDER) + ORDER) % ORDER;

/** `1 / x` modulo `l`, for `x` not 0, by Fermat's theorem. */
export function inverse(x: bigint): bigint {
  let result = 1n;
  let square = modulo(x);
  for (let exponent = ORDER - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * square) % ORDER;
    square = (square * square) % ORDER;
  }
  return result;
}

/** The element of 32 bytes; refused where RFC 9496 refuses, and if it is the identity. */
export function decodeElement(bytes: Uint8Array, what: string): Point {
  demand(bytes.length === 32, `${what} has ${bytes.length} bytes instead of 32`);
  let point: Point;
  try {
    point = RistrettoPoint.fromHex(bytes);
  } catch {
    throw new Malformed(`${what} is not an element of the group`);
  }
  demand(!point.is0(), `${what} is the identity`);
  return point;
}

/** Whether 32 bytes are the encoding of an element, the identity included. */
export function isEncoding(bytes: Uint8Array): boolean {
  try {
    RistrettoPoint.fromHex(bytes);
    return true;
  } catch {
    return false;
  }
}

/** A packed list of exactly `count` elements. */
export function decodeElements(bytes: Uint8Array, count: number, what: string): Point[] {
  return pieces(bytes, 32, count, what).map((piece, i) => decodeElement(piece, `element ${i} of ${what}`));
}

export function encodeElement(point: Point): Uint8Array {
  return point.toRawBytes();
}

export function decodeScalar(bytes: Uint8Array, what: string): bigint {
  demand(bytes.length === 32, `${what} has ${bytes.length} bytes instead of 32`);
  const scalar = littleEndian(bytes);
  demand(scalar < ORDER, `${what} is not below the group's order`);
  return scalar;
}

export function decodeScalars(bytes: Uint8Array, count: number, what: string): bigint[] {
  return pieces(bytes, 32, count, what).map((piece, i) => decodeScalar(piece, `number ${i} of ${what}`));
}

export function multiply(scalar: bigint, point: Point): Point {
  if (scalar === 0n) return IDENTITY;
  if (scalar === 1n) return point;
  return scalar === ORDER - 1n ? point.negate() : point.multiplyUnsafe(scalar);
}

/** The sum of the points. */
export function sum(points: readonly Point[]): Point {
  return points.reduce((total, point) => total.add(point), IDENTITY);
}

/** The sum of `scalar · point` over all terms; a point that stands in many terms is multiplied once. */
export function sumOfMultiples(terms: Iterable<Term>): Point {
  const factors = new Map<Point, bigint>();
  for (const [scalar, point] of terms) factors.set(point, (factors.get(point) ?? 0n) + scalar);
  const points = [...factors.keys()];
  const scalars = [...factors.values()].map(modulo);
  if (points.length < 8) return sum(points.map((point, i) => multiply(scalars[i]!, point)));
  return RistrettoPoint.msm(points, scalars);
}

/** Maps a message to an element of which nobody knows the logarithm (RFC 9380, 5.3.1, and RFC 9496, 4.3.4). */
export function hashToGroup(message: Uint8Array, domain: Uint8Array): Point {
  return RistrettoPoint.hashToCurve(expand_message_xmd(message, domain, 64, sha512));
}

const generators: Point[] = [];
const GENERATOR_DOMAIN = utf8('urna/1 shuffle generator');

/** The generator `H_i`. */
export function generator(i: number): Point {
  return (generators[i] ??= hashToGroup(be64(i), GENERATOR_DOMAIN));
}
