// SPDX-License-Identifier: EUPL-1.2
// The board read by an outsider.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fetchBytes as fetchFrom, fetchCheckpoint, fetchEntries, leafHash, Mirror, nodeHash, parseKey, tilePath } from './outsider.mjs';
import { eventually, program, startTown } from './town.mjs';

let town;
let key;

before(async () => {
  town = await startTown();
  key = parseKey(/board (\S+)/.exec(program('edition', 'show', path.join(town.dir, 'edition/manifest.cbor')).stdout)[1]);
});
after(() => town?.stop());

const fetchBytes = (resource) => fetchFrom(town.box, resource);
const checkpoint = () => fetchCheckpoint(town.box, key);

// The hash of the complete subtree over 2^height leaves, from the tiles of a tree of this size.
function tilesOf(size) {
  const tiles = new Map();
  return async function subtree(height, index) {
    const level = Math.floor(height / 8);
    const rise = height % 8;
    if (rise > 0) return nodeHash(await subtree(height - 1, 2 * index), await subtree(height - 1, 2 * index + 1));
    const tile = Math.floor(index / 256);
    const width = Math.min(256, Math.floor(size / 256 ** level) - 256 * tile);
    const name = tilePath(level, tile, width);
    if (!tiles.has(name)) tiles.set(name, await fetchBytes(name));
    assert.equal(tiles.get(name).length, 32 * width);
    return tiles.get(name).subarray(32 * (index % 256), 32 * (index % 256) + 32);
  };
}

// RFC 9162 section 2.1.1 over the leaves from `first` on.
async function rootOf(subtree, first, count) {
  if (count === 1) return subtree(0, first);
  let k = 1;
  let height = 0;
  while (2 * k < count) {
    k *= 2;
    height += 1;
  }
  const left = first % k === 0 ? await subtree(height, first / k) : await rootOf(subtree, first, k);
  return nodeHash(left, await rootOf(subtree, first + k, count - k));
}

// Section 2.1.3.1, and the root that the path leads to.
async function pathOf(subtree, m, first, count) {
  if (count === 1) return [];
  let k = 1;
  while (2 * k < count) k *= 2;
  return m < k
    ? [...(await pathOf(subtree, m, first, k)), { right: await rootOf(subtree, first + k, count - k) }]
    : [...(await pathOf(subtree, m - k, first + k, count - k)), { left: await rootOf(subtree, first, k) }];
}
const climb = (leaf, steps) => steps.reduce((node, step) => (step.right ? nodeHash(node, step.right) : nodeHash(step.left, node)), leaf);

test('entries, tiles and checkpoint are one tree, and later ones continue it', async () => {
  const mirror = new Mirror(town.box, key);
  await mirror.follow();
  const first = await checkpoint();
  const before = tilesOf(first.size);
  assert.deepEqual(await rootOf(before, 0, first.size), first.root);
  const voted = program('simulate', 'vote', '--registrar', town.registrar, '--box', town.box, '--sms-inbox', town.sms_control, '--residents', path.join(town.dir, 'residents.json'), '--pool', `city=${town.pool}`, '--json');
  assert.equal(voted.status, 0, voted.stderr);
  // What is shown is what the witnesses have cosigned, a moment later.
  const { entries: size } = await (await fetch(`${town.box}/api/v1/edition`)).json();
  const second = await eventually('the newest checkpoint', async () => {
    const shown = await checkpoint();
    return shown.size === size && shown;
  });
  assert.ok(second.size > first.size);
  const subtree = tilesOf(second.size);
  assert.deepEqual(await rootOf(subtree, 0, second.size), second.root);
  assert.deepEqual(await rootOf(subtree, 0, first.size), first.root, 'the first tree is the beginning of the second');
  const entries = await fetchEntries(town.box, second.size);
  for (const [index, entry] of entries.entries()) {
    assert.deepEqual(await subtree(0, index), leafHash(entry), `entry ${index}`);
    const steps = await pathOf(subtree, index, 0, second.size);
    assert.deepEqual(climb(leafHash(entry), steps), second.root, `inclusion of entry ${index}`);
  }
  await mirror.follow();
  assert.equal(mirror.leaves.length, second.size);
  // Partial tiles of the first checkpoint are still there.
  assert.deepEqual(await rootOf(tilesOf(first.size), 0, first.size), first.root);
});
