// SPDX-License-Identifier: EUPL-1.2
// The group against RFC 9496, and sums of multiples against multiples one by one.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { sha512 } from '@noble/hashes/sha2';
import { RistrettoPoint } from '@noble/curves/ed25519';
import { fromHex, hex, utf8 } from '../src/bytes.js';
import {
  decodeElement,
  decodeScalar,
  encodeElement,
  G,
  generator,
  inverse,
  multiply,
  ORDER,
  sumOfMultiples,
  type Term,
} from '../src/group.js';
import { Batch } from '../src/batch.js';
import { Transcript, weight, weights } from '../src/transcript.js';
import { encodeScalar, randomScalar, timesG } from './prover.js';

const MULTIPLES = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76',
  '6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919',
  '94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259',
  'da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57',
  'e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e',
  'f64746d3c92b13050ed8d80236a7f0007c3b3f962f5ba793d19a601ebb1df403',
  '44f53520926ec81fbd5a387845beb7df85a96a24ece18738bdcfa6a7822a176d',
  '903293d8f2287ebe10e2374dc1a53e0bc887e592699f02d077d5263cdd55601c',
  '02622ace8f7303a31cafc63f8fc48fdc16e1c8c8d234b2f0d6685282a9076031',
  '20706fd788b2720a1ed2a5dad4952b01f413bcf0e7564de8cdc816689e2db95f',
  'bce83f8ba5dd2fa572864c24ba1810f9522bc6004afe95877ac73241cafdab42',
  'e4549ee16b9aa03099ca208c67adafcafa4c3f3e4e5303de6026e3ca8ff84460',
  'aa52e000df2e16f55fb1032fc33bc42742dad6bd5a8fc0be0167436c5948501f',
  '46376b80f409b29dc2b5f6f0c52591990896e5716f41477cd30085ab7f10301e',
  'e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e',
];

const INVALID = [
  // Not reduced modulo 2^255 − 19, bit 255 included.
  '00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  // Negative.
  '0100000000000000000000000000000000000000000000000000000000000000',
  '01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20',
  'c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562',
  // No square root.
  '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371',
  '4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f',
  // −1.
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

test('small multiples of the generator (RFC 9496, A.1)', () => {
  for (const [i, encoding] of MULTIPLES.entries()) {
    assert.equal(hex(encodeElement(multiply(BigInt(i), G))), encoding);
    if (i > 0) assert.equal(hex(encodeElement(decodeElement(fromHex(encoding), 'it'))), encoding);
  }
});

test('invalid encodings and the identity are refused (RFC 9496, A.2)', () => {
  for (const encoding of [...INVALID, MULTIPLES[0]!]) {
    assert.throws(() => decodeElement(fromHex(encoding), 'it'), /it is/);
  }
  {
    const high = fromHex(MULTIPLES[1]!);
    high[31]! ^= 0x80;
    assert.throws(() => decodeElement(high, 'it'));
  }
  assert.throws(() => decodeElement(new Uint8Array(31), 'it'), /31 bytes/);
});

test('elements from uniform bytes (RFC 9496, A.3)', () => {
  const point = RistrettoPoint.hashToCurve(
    sha512(utf8('Ristretto is traditionally a short shot of espresso coffee')),
  );
  assert.equal(hex(encodeElement(point)), '3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46');
});

test('scalars of the order and more are refused', () => {
  const bytes = (x: bigint): Uint8Array =>
    Uint8Array.from({ length: 32 }, (_, i) => Number((x >> BigInt(8 * i)) & 255n));
  assert.equal(decodeScalar(encodeScalar(ORDER - 1n), 'it'), ORDER - 1n);
  assert.throws(() => decodeScalar(bytes(ORDER), 'it'), /not below/);
  assert.throws(() => decodeScalar(bytes(2n ** 256n - 1n), 'it'), /not below/);
  const x = randomScalar();
  assert.equal((x * inverse(x)) % ORDER, 1n);
});

test('sums of multiples', () => {
  for (const count of [0, 1, 7, 8, 50]) {
    const scalars = Array.from({ length: count }, randomScalar);
    const factors = Array.from({ length: count }, (_, i) =>
      i === 3 ? 0n : i % 2 === 0 ? -randomScalar() : 5n,
    );
    const terms = scalars.map((x, i): Term => [factors[i]!, timesG(x)]);
    const expected = scalars.reduce((sum, x, i) => sum + x * factors[i]!, 0n);
    assert.ok(sumOfMultiples(terms).equals(multiply(((expected % ORDER) + ORDER) % ORDER, G)));
  }
  // The same point in several terms.
  assert.ok(
    sumOfMultiples([
      [5n, G],
      [-2n, G],
      [-3n, G],
    ]).is0(),
  );
});

test('independent generators differ and are no identity', () => {
  const encodings = Array.from({ length: 50 }, (_, i) => hex(encodeElement(generator(i))));
  assert.equal(new Set(encodings).size, 50);
  assert.ok(!encodings.includes(MULTIPLES[0]!));
});

test('a batch names the first false equation', () => {
  for (const count of [1, 2, 3, 10, 33]) {
    for (const wrong of [[], [0], [count - 1], [count >> 1, count - 1]]) {
      const batch = new Batch<number>();
      for (let i = 0; i < count; i++) {
        const x = randomScalar();
        batch.add(i, [
          [x, G],
          [-1n, timesG(x + (wrong.includes(i) ? 1n : 0n))],
        ]);
      }
      assert.equal(batch.test(), wrong[0]);
      assert.equal(batch.size, 0);
    }
  }
});

test('two wrong equations that would cancel in a plain sum are found', () => {
  const batch = new Batch<string>();
  batch.add('first', [
    [1n, G],
    [-2n, G],
  ]);
  batch.add('second', [
    [2n, G],
    [-1n, G],
  ]);
  assert.equal(batch.test(), 'first');
});

test('a transcript is the hash of its bytes', () => {
  const bytes = (text: string): number[] => [...new Uint8Array(7), utf8(text).length, ...utf8(text)];
  const S = Uint8Array.from([
    ...bytes('urna/1'),
    ...bytes('label'),
    0,
    ...bytes('name'),
    ...bytes('data'),
    1,
    ...bytes('c'),
  ]);
  const transcript = new Transcript('label').append('name', utf8('data'));
  assert.deepEqual(transcript.challenge('c'), sha512(S));
  const S2 = Uint8Array.from([
    ...S,
    0,
    ...bytes('n'),
    ...new Uint8Array(7),
    8,
    ...new Uint8Array(7),
    5,
    1,
    ...bytes('d'),
  ]);
  assert.deepEqual(transcript.append('n', 5).challengeSeed('d'), sha512(S2).slice(0, 32));
});

test('small numbers from a seed', () => {
  const seed = sha512(utf8('seed')).slice(0, 32);
  const all = weights(seed, 9);
  assert.deepEqual(
    all,
    Array.from({ length: 9 }, (_, i) => weight(seed, i)),
  );
  assert.ok(all.every((x) => x < 2n ** 128n));
  const block = sha512(Uint8Array.from([...seed, 0, 0, 0, 0, 0, 0, 0, 1]));
  assert.equal(
    all[5],
    block.slice(16, 32).reduceRight((x, byte) => x * 256n + BigInt(byte), 0n),
  );
});
