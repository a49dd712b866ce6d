// SPDX-License-Identifier: EUPL-1.2
// Which ballot counts, case by case.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Ballot } from '../src/ballots.js';
import { countedBallots } from '../src/counted.js';
import type { Group, Policy } from '../src/manifest.js';

type Short = [pool: number, voter: string, level?: number, annulled?: boolean];

function counted(
  policy: Policy,
  list: Short[],
  groups: Group[] = [],
  marks: readonly string[] = [],
): number[][] {
  const ballots = list.map(
    ([pool, pseudonym, level = 2, annulled = false], index): Ballot => ({
      index,
      pool,
      pseudonym,
      level,
      annulled,
      packed: new Uint8Array(),
      points: [],
    }),
  );
  return countedBallots({ policy, groups }, 3, ballots, new Set(marks)).map((pool) =>
    pool.map((ballot) => ballot.index),
  );
}
const group = (most: number, ...pools: number[]): Group[] => [{ name: 'g', pools, most }];

test('repeated ballots', () => {
  const list: Short[] = [
    [0, 'a'],
    [0, 'b'],
    [0, 'a'],
    [1, 'a'],
  ];
  assert.deepEqual(counted('last', list), [[1, 2], [3], []]);
  assert.deepEqual(counted('first', list), [[0, 1], [3], []]);
  assert.deepEqual(counted('void', list), [[1], [3], []]);
});

test('annulled ballots are as if never cast', () => {
  const list: Short[] = [
    [0, 'a'],
    [0, 'a', 2, true],
    [0, 'b', 2, true],
  ];
  for (const policy of ['last', 'first', 'void'] as const)
    assert.deepEqual(counted(policy, list), [[0], [], []]);
});

test('the highest assurance level goes first', () => {
  const list: Short[] = [
    [0, 'a', 2],
    [0, 'a', 3],
    [0, 'a', 2],
  ];
  for (const policy of ['last', 'first', 'void'] as const)
    assert.deepEqual(counted(policy, list), [[1], [], []]);
  assert.deepEqual(counted('void', [...list, [0, 'a', 3]]), [[], [], []]);
});

test('a group allows only so many pools', () => {
  const list: Short[] = [
    [0, 'a'],
    [1, 'a'],
    [2, 'a'],
    [0, 'b'],
  ];
  assert.deepEqual(counted('last', list, group(1, 0, 1, 2)), [[3], [], [2]]);
  assert.deepEqual(counted('first', list, group(1, 0, 1, 2)), [[0, 3], [], []]);
  assert.deepEqual(counted('void', list, group(1, 0, 1, 2)), [[3], [], []]);
  assert.deepEqual(counted('last', list, group(2, 0, 1, 2)), [[3], [1], [2]]);
  assert.deepEqual(counted('void', list, group(1, 1, 2)), [[0, 3], [], []]);
  const levels: Short[] = [
    [0, 'a', 3],
    [1, 'a', 2],
    [2, 'a', 2],
  ];
  assert.deepEqual(counted('last', levels, group(1, 0, 1, 2)), [[0], [], []]);
  assert.deepEqual(counted('last', levels, group(2, 0, 1, 2)), [[0], [], [2]]);
  assert.deepEqual(counted('first', levels, group(2, 0, 1, 2)), [[0], [1], []]);
});

test('voided ballots take no place in a group', () => {
  assert.deepEqual(
    counted(
      'void',
      [
        [0, 'a'],
        [0, 'a'],
        [1, 'a'],
      ],
      group(1, 0, 1),
    ),
    [[], [2], []],
  );
});

test('a card of paper goes before every ballot, and uses up the group', () => {
  const list: Short[] = [
    [0, 'a', 4],
    [1, 'a'],
    [2, 'a'],
    [0, 'b'],
  ];
  const marks = ['0 a', '1 a'];
  for (const policy of ['last', 'first', 'void'] as const) {
    assert.deepEqual(counted(policy, list, [], marks), [[3], [], [2]]);
    assert.deepEqual(counted(policy, list, group(1, 1, 2), marks), [[3], [], []]);
  }
});
