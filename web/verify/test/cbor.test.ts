// SPDX-License-Identifier: EUPL-1.2
// The strict subset of CBOR: what is read, and everything that is refused.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { fromHex, hex } from '../src/bytes.js';
import { ascending, decode, encode, fields, keys, text, uint, type Cbor } from '../src/cbor.js';

const VALID: [string, Cbor][] = [
  ['00', 0],
  ['17', 23],
  ['1818', 24],
  ['18ff', 255],
  ['190100', 256],
  ['1a00010000', 65536],
  ['1b0000000100000000', 2 ** 32],
  ['1b001fffffffffffff', Number.MAX_SAFE_INTEGER],
  ['40', new Uint8Array()],
  ['43010203', Uint8Array.of(1, 2, 3)],
  ['60', ''],
  ['63c5bc61', 'ża'],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['80', []],
  ['83010203', [1, 2, 3]],
  ['a0', new Map()],
  [
    'a200f6182a81f5',
    new Map<number, Cbor>([
      [0, null],
      [42, [true]],
    ]),
  ],
];

test('values and their one encoding', () => {
  for (const [encoding, value] of VALID) {
    assert.deepEqual(decode(fromHex(encoding)), value);
    assert.equal(hex(encode(value)), encoding);
  }
});

const INVALID: [string, RegExp][] = [
  ['', /early/],
  ['1817', /shortest/],
  ['1900ff', /shortest/],
  ['1a0000ffff', /shortest/],
  ['1b00000000ffffffff', /shortest/],
  ['580101', /shortest/],
  ['7801ff', /shortest/],
  ['980100', /shortest/],
  ['b8010000', /shortest/],
  ['1b0020000000000000', /too large/],
  ['1bffffffffffffffff', /too large/],
  ['0000', /after the end/],
  ['1c', /reserved/],
  ['1f', /indefinite/],
  ['5f4100ff', /indefinite/],
  ['9f00ff', /indefinite/],
  ['bf0000ff', /indefinite/],
  ['20', /negative/],
  ['c000', /tag/],
  ['f7', /boolean/],
  ['e0', /boolean/],
  ['f814', /boolean/],
  ['f93c00', /boolean/],
  ['fb3ff0000000000000', /boolean/],
  ['4201', /early/],
  ['8201', /early/],
  ['9b0010000000000000', /early/],
  ['a100', /early/],
  ['19', /early/],
  ['a201000000', /ascend/],
  ['a200000000', /ascend/],
  ['a1616100', /key/],
  ['a1f600', /key/],
  ['61ff', /UTF-8/],
  ['63eda080', /UTF-8/],
  ['62c080', /UTF-8/],
  ['81818181818181818100', /deep/],
];

test('everything else is refused', () => {
  for (const [encoding, problem] of INVALID) {
    assert.throws(() => decode(fromHex(encoding)), problem, encoding);
  }
});

test('unknown and missing keys are refused', () => {
  const map = decode(fromHex('a201000200'));
  assert.equal(fields(map, 'it', keys(1, 2)).uint(2), 0);
  assert.throws(() => fields(map, 'it', keys(1, 1)), /unknown key 2/);
  assert.throws(() => fields(map, 'it', keys(1, 3)), /lacks the key 3/);
  assert.throws(() => fields(map, 'it', keys(0, 2)), /lacks the key 0/);
  assert.throws(() => fields([], 'it', []), /not a map/);
});

test('limits count', () => {
  assert.throws(() => uint(5, 'it', 0, 4), /between/);
  assert.throws(() => uint('5', 'it'), /not a number/);
  assert.throws(() => text('żó', 'it', 0, 3), /4 bytes/);
  assert.deepEqual(ascending([0, 2, 3], 'it', 1, 4), [0, 2, 3]);
  assert.throws(() => ascending([0, 2, 2], 'it', 1, 4), /ascend/);
  assert.throws(() => ascending([0, 4], 'it', 1, 4), /between/);
  assert.throws(() => ascending([], 'it', 1, 4), /items/);
});

test('no bytes make the reader fail otherwise, and what it reads it would write', () => {
  let state = 12345;
  const next = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  let read = 0;
  for (let i = 0; i < 20000; i++) {
    const bytes = Uint8Array.from(
      { length: 1 + next(12) },
      () => [next(256), (next(8) << 5) | next(4)][next(2)]!,
    );
    let value: Cbor;
    try {
      value = decode(bytes);
    } catch (error) {
      assert.equal((error as Error).constructor.name, 'Malformed');
      continue;
    }
    read++;
    assert.deepEqual(encode(value), bytes);
  }
  assert.ok(read > 100);
});
