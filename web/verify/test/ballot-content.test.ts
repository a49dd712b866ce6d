// SPDX-License-Identifier: EUPL-1.2
// Packing, embedding and the reasons why a plaintext is invalid.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import {
  ballotWidth,
  bits,
  INVALID,
  layoutOf,
  packBallot,
  unpackBallot,
  type BallotRule,
  type Content,
} from '../src/ballot-content.js';
import { concatBits, readBits } from '../src/bits.js';
import { embed, extract, embedBallot, readPlaintext } from '../src/embedding.js';
import { isEncoding } from '../src/group.js';
import { hash, utf8 } from '../src/bytes.js';

const rule = (change: Partial<BallotRule>): BallotRule => ({
  form: 'approval',
  least: 1,
  most: 3,
  points: null,
  knapsack: null,
  blank: true,
  ...change,
});
const limits = { leastEach: 2, mostEach: 5, leastInAll: 4, mostInAll: 9 };
const approval = rule({});
const ranking = rule({ form: 'ranking' });
const points = rule({ form: 'points', points: limits });
const named = (...numbers: number[]): Content => numbers.map((project) => ({ project, points: 1 }));
const given = (...pairs: [number, number][]): Content =>
  pairs.map(([project, p]) => ({ project, points: p }));
const costs = (count: number): number[] => Array.from({ length: count }, (_, i) => 100 * (i + 1));

test('bits', () => {
  assert.deepEqual([1, 2, 3, 4, 255, 256, 65535].map(bits), [1, 2, 2, 3, 8, 9, 16]);
  assert.deepEqual(
    readBits(
      concatBits(
        [
          [5, 4],
          [1, 1],
        ],
        1,
      ),
      0,
    ),
    [0, 1, 0, 1, 1, 0, 0, 0],
  );
});

test('the layout with fewer bits is chosen, in a tie the upper one', () => {
  assert.deepEqual(layoutOf(approval, 12), { layout: 'mask', bits: 12 });
  assert.deepEqual(layoutOf(approval, 13), { layout: 'list', bits: 12 });
  assert.deepEqual(layoutOf(ranking, 4), { layout: 'list', bits: 9 });
  assert.deepEqual(layoutOf(points, 6), { layout: 'vector', bits: 18 });
  assert.deepEqual(layoutOf(points, 7), { layout: 'pairs', bits: 18 });
  assert.deepEqual(layoutOf(rule({ form: 'points', most: 2, points: limits }), 4), {
    layout: 'vector',
    bits: 12,
  });
  assert.equal(ballotWidth(approval, 3), 1);
  assert.equal(ballotWidth(rule({ most: 200 }), 232), 1);
  assert.equal(ballotWidth(rule({ most: 200 }), 233), 2);
});

test('contents survive packing, embedding and reading', () => {
  const cases: [BallotRule, number, Content][] = [
    [approval, 5, named(1, 3, 5)],
    [approval, 100, named(7, 64, 100)],
    [approval, 100, []],
    [ranking, 100, named(64, 7, 100)],
    [points, 4, given([1, 5], [4, 2])],
    [points, 60, given([1, 5], [40, 2])],
    [rule({ most: 40 }), 1000, named(...Array.from({ length: 40 }, (_, i) => 25 * i + 1))],
  ];
  for (const [ballotRule, projects, content] of cases) {
    const elements = embedBallot(ballotRule, projects, content);
    assert.equal(elements.length, ballotWidth(ballotRule, projects));
    assert.deepEqual(readPlaintext(ballotRule, costs(projects), elements), { content });
  }
});

const pack = (parts: [number, number][]): Uint8Array => concatBits(parts, 29);
const code = (ballotRule: BallotRule, projects: number, bytes: Uint8Array): unknown =>
  unpackBallot(ballotRule, costs(projects), bytes);

test('every reason for an invalid ballot', () => {
  const list = (...numbers: number[]): Uint8Array => pack(numbers.map((n) => [n, 4]));
  const pairs = (...flat: number[]): Uint8Array => pack(flat.map((n, i) => [n, i % 2 === 0 ? 3 : 3]));
  const mask = (text: string): Uint8Array => pack([...text].map((bit) => [Number(bit), 1]));
  assert.equal(layoutOf(approval, 13).layout, 'list');
  assert.equal(layoutOf(points, 7).layout, 'pairs');
  const cases: [BallotRule, number, Uint8Array, number][] = [
    [
      approval,
      13,
      pack([
        [1, 4],
        [2, 4],
        [3, 4],
        [1, 1],
      ]),
      INVALID.padding,
    ],
    [approval, 5, mask('100001'), INVALID.padding],
    [approval, 13, list(14), INVALID.project],
    [approval, 13, list(3, 2, 14), INVALID.project],
    [approval, 13, list(3, 2), INVALID.order],
    [approval, 13, list(3, 3), INVALID.order],
    [approval, 13, list(0, 3), INVALID.order],
    [ranking, 13, list(3, 0, 2), INVALID.order],
    [ranking, 13, list(3, 2, 3), INVALID.order],
    [points, 7, pairs(0, 3), INVALID.project],
    [points, 7, pairs(1, 0), INVALID.order],
    [points, 7, pairs(2, 3, 1, 3), INVALID.order],
    [points, 7, pairs(0, 0, 1, 4), INVALID.order],
    [rule({ blank: false }), 5, mask('00000'), INVALID.blank],
    [rule({ most: 2 }), 2, mask('11'), 0],
    [approval, 5, mask('11110'), INVALID.length],
    [rule({ least: 2 }), 5, mask('10000'), INVALID.length],
    [points, 7, pairs(1, 1, 2, 5), INVALID.points],
    [points, 7, pairs(1, 7), INVALID.points],
    [points, 7, pairs(1, 3), INVALID.sum],
    [points, 7, pairs(1, 5, 2, 5), INVALID.sum],
    [rule({ knapsack: 699 }), 5, mask('11010'), INVALID.cost],
    [rule({ knapsack: 700 }), 5, mask('11010'), 0],
  ];
  for (const [ballotRule, projects, bytes, expected] of cases) {
    const result = code(ballotRule, projects, bytes);
    if (expected === 0) assert.ok('content' in (result as object));
    else assert.deepEqual(result, { invalid: expected });
  }
});

test('embedding and reading back', () => {
  for (let i = 0; i < 50; i++) {
    const data = hash(utf8(String(i))).slice(0, 29);
    assert.deepEqual(extract(embed(data)), data);
  }
  assert.deepEqual(extract(embed(new Uint8Array(29))), new Uint8Array(29));
});

test('elements of another form, and of a greater counter than needed', () => {
  const data = hash(utf8('x')).slice(0, 29);
  const first = embed(data);
  let k = (first[0]! + 256 * first[1]!) / 2;
  const second = first.slice();
  do {
    k++;
    second[0] = (2 * k) & 255;
    second[1] = (2 * k) >> 8;
  } while (!isEncoding(second));
  assert.equal(extract(second), 'counter');
  assert.equal(extract(new Uint8Array(32)), 'encoding');
  const wide = first.slice();
  wide[31] = 1;
  assert.equal(extract(wide), 'encoding');
  const high = first.slice();
  high[1] = 2;
  assert.equal(extract(high), 'encoding');
  const wRule = rule({ most: 40 });
  const good = embedBallot(wRule, 1000, named(5));
  assert.equal(good.length, 2);
  const read = (...elements: Uint8Array[]): unknown => readPlaintext(wRule, costs(1000), elements);
  assert.deepEqual(read(second, new Uint8Array(32)), { invalid: INVALID.counter });
  assert.deepEqual(read(new Uint8Array(32), second), { invalid: INVALID.encoding });
});

test('packing is big-endian from the left', () => {
  assert.deepEqual([...packBallot(approval, 5, named(1, 5))].slice(0, 2), [0b10001000, 0]);
});
