// SPDX-License-Identifier: EUPL-1.2
// Ed25519 signatures of the board: what libraries disagree on is decided as libsodium decides it (section 7).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ed25519 } from '@noble/curves/ed25519';
import { sha512 } from '@noble/hashes/sha2';
import { verifyEd25519 } from '../src/board.js';
import { fromHex, join, littleEndian, utf8 } from '../src/bytes.js';

const { Point, CURVE } = ed25519;
const message = utf8('message');
/** A point of order 8. */
const TORSION = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');

/** 32 bytes little-endian. */
function bytesOf(x: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((x >> BigInt(8 * i)) & 255n));
}

/** A signature by whoever knows `a`, with the commitment and key given; correct up to points of small order. */
function signature(a: bigint, r: bigint, R: Uint8Array, key: Uint8Array): Uint8Array {
  const k = littleEndian(sha512(join(R, key, message))) % CURVE.n;
  return join(R, bytesOf((r + k * a) % CURVE.n));
}

test('a signature of RFC 8032, and one changed', () => {
  const key = fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
  const signed = fromHex(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  );
  assert.ok(verifyEd25519(signed, fromHex('72'), key));
  assert.ok(!verifyEd25519(signed, fromHex('73'), key));
  assert.ok(!verifyEd25519(signed.slice(0, 63), fromHex('72'), key));
  const large = bytesOf(littleEndian(signed.slice(32)) + CURVE.n);
  assert.ok(!verifyEd25519(join(signed.slice(0, 32), large), fromHex('72'), key));
});

test('the equation must hold without the cofactor', () => {
  const [a, r] = [12345n, 67890n];
  const key = Point.BASE.multiply(a).toBytes();
  const R = Point.BASE.multiply(r);
  assert.ok(verifyEd25519(signature(a, r, R.toBytes(), key), message, key));
  const shifted = signature(a, r, R.add(TORSION).toBytes(), key);
  assert.ok(ed25519.verify(shifted, message, key, { zip215: false }));
  assert.ok(!verifyEd25519(shifted, message, key));
});

test('neither key nor commitment may be of small order or written in another way', () => {
  const r = 67890n;
  const R = Point.BASE.multiply(r).toBytes();
  // With the neutral element as key s = r signs everything; y + p is another encoding of it.
  const neutral = Point.ZERO.toBytes();
  const other = new Uint8Array(32).fill(255);
  other[0] = 0xee;
  other[31] = 0x7f;
  for (const key of [neutral, other, TORSION.toBytes()]) {
    assert.ok(!verifyEd25519(signature(0n, r, R, key), message, key));
  }
  const key = Point.BASE.multiply(5n).toBytes();
  for (const commitment of [neutral, other]) {
    assert.ok(!verifyEd25519(signature(5n, 0n, commitment, key), message, key));
  }
});
