// SPDX-License-Identifier: EUPL-1.2
// The board read by an outsider: written from C2SP tlog-tiles, tlog-checkpoint and signed-note and
// from RFC 9162 alone, with nothing of this project but the log's public key.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, program, startTown } from './town.mjs';

let town;
let key; // {name, id, publicKey}

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafHash = (entry) => sha256(Buffer.from([0]), entry);
const nodeHash = (left, right) => sha256(Buffer.from([1]), left, right);

before(async () => {
  town = await startTown();
  const shown = program('edition', 'show', path.join(town.dir, 'edition/manifest.cbor')).stdout;
  const [name, id, material] = /board (\S+)/.exec(shown)[1].split('+').reduce((parts, part, i, all) => (i < 2 ? [...parts, part] : i === 2 ? [...parts, all.slice(2).join('+')] : parts), []);
  const bytes = Buffer.from(material, 'base64');
  assert.equal(bytes[0], 1, 'Ed25519');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes.subarray(1)]);
  key = { name, id: Buffer.from(id, 'hex'), publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
  assert.deepEqual(sha256(name, '\n', bytes).subarray(0, 4), key.id, 'the key id of signed-note');
});
after(() => town?.stop());

async function fetchBytes(resource) {
  const response = await fetch(`${town.box}/${resource}`);
  assert.equal(response.status, 200, resource);
  return Buffer.from(await response.arrayBuffer());
}

async function checkpoint() {
  const note = (await fetchBytes('checkpoint')).toString('utf8');
  const split = note.indexOf('\n\n');
  const text = note.slice(0, split + 1);
  const [origin, size, root] = text.split('\n');
  const signatures = note.slice(split + 2).split('\n').filter(Boolean);
  const mine = signatures.map((line) => /^— (\S+) (\S+)$/.exec(line)).find((match) => match[1] === key.name);
  const signed = Buffer.from(mine[2], 'base64');
  assert.deepEqual(signed.subarray(0, 4), key.id);
  assert.ok(verify(null, Buffer.from(text), key.publicKey, signed.subarray(4)), 'the signature');
  assert.equal(origin, key.name);
  return { size: Number(size), root: Buffer.from(root, 'base64') };
}

function tilePath(level, index, width) {
  let text = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) text = `x${String(rest % 1000).padStart(3, '0')}/${text}`;
  return `tile/${level}/${text}${width < 256 ? `.p/${width}` : ''}`;
}

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

async function entriesOf(size) {
  const entries = [];
  for (let bundle = 0; 256 * bundle < size; ++bundle) {
    const width = Math.min(256, size - 256 * bundle);
    const bytes = await fetchBytes(tilePath('entries', bundle, width));
    let at = 0;
    for (let k = 0; k < width; ++k) {
      const length = bytes.readUInt16BE(at);
      entries.push(bytes.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
    assert.equal(at, bytes.length);
  }
  return entries;
}

test('entries, tiles and checkpoint are one tree, and later ones continue it', async () => {
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
  const entries = await entriesOf(second.size);
  for (const [index, entry] of entries.entries()) {
    assert.deepEqual(await subtree(0, index), leafHash(entry), `entry ${index}`);
    const steps = await pathOf(subtree, index, 0, second.size);
    assert.deepEqual(climb(leafHash(entry), steps), second.root, `inclusion of entry ${index}`);
  }
  // Partial tiles of the first checkpoint are still there.
  assert.deepEqual(await rootOf(tilesOf(first.size), 0, first.size), first.root);
});
