// SPDX-License-Identifier: EUPL-1.2
// The board as an outsider sees it: written from C2SP tlog-tiles, tlog-checkpoint and signed-note,
// from RFC 9162 and from the form of receipts in docs/board.md, with nothing of this project but the
// log's public key.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';

export const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
export const leafHash = (entry) => sha256(Buffer.from([0]), entry);
export const nodeHash = (left, right) => sha256(Buffer.from([1]), left, right);

// The key of "name+id+base64", as signed-note writes it.
export function parseKey(text) {
  const [name, id] = text.split('+');
  const bytes = Buffer.from(text.slice(name.length + id.length + 2), 'base64');
  assert.equal(bytes[0], 1, 'Ed25519');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes.subarray(1)]);
  const key = { name, id: Buffer.from(id, 'hex'), publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
  assert.deepEqual(sha256(name, '\n', bytes).subarray(0, 4), key.id, 'the key id of signed-note');
  return key;
}

export function readCheckpoint(note, key) {
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

export function tilePath(level, index, width) {
  let text = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) text = `x${String(rest % 1000).padStart(3, '0')}/${text}`;
  return `tile/${level}/${text}${width < 256 ? `.p/${width}` : ''}`;
}

export async function fetchBytes(box, resource) {
  const response = await fetch(`${box}/${resource}`);
  assert.equal(response.status, 200, resource);
  return Buffer.from(await response.arrayBuffer());
}

export async function fetchCheckpoint(box, key) {
  return readCheckpoint((await fetchBytes(box, 'checkpoint')).toString('utf8'), key);
}

// The entries from `first` on of a tree of this size.
export async function fetchEntries(box, size, first = 0) {
  const entries = [];
  for (let bundle = Math.floor(first / 256); 256 * bundle < size; ++bundle) {
    const width = Math.min(256, size - 256 * bundle);
    const bytes = await fetchBytes(box, tilePath('entries', bundle, width));
    let at = 0;
    for (let k = 0; k < width; ++k) {
      const length = bytes.readUInt16BE(at);
      if (256 * bundle + k >= first) entries.push(bytes.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
    assert.equal(at, bytes.length);
  }
  return entries;
}

// A copy of the board that only grows: what was seen once must be there ever after.
export class Mirror {
  leaves = []; // leaf hashes
  #peaks = []; // [{size, hash}] of complete subtrees, from the left

  constructor(box, key) {
    this.box = box;
    this.key = key;
  }
  get root() {
    return this.#peaks.map((one) => one.hash).reduceRight((right, left) => (right ? nodeHash(left, right) : left), undefined);
  }
  // The same until the entries up to this size are shown: the board shows a checkpoint when the
  // witnesses have cosigned it, a moment after it has acknowledged.
  async reach(size, tries = 400) {
    const entries = await this.follow();
    for (let k = 0; this.leaves.length < size && k < tries; ++k) {
      await new Promise((done) => setTimeout(done, 50));
      entries.push(...(await this.follow()));
    }
    assert.ok(this.leaves.length >= size, `the board shows ${this.leaves.length} of ${size} entries`);
    return entries;
  }
  // Reads what is new; throws if the newest checkpoint is not over what is here and the new entries.
  // The new entries.
  async follow() {
    const { size, root } = await fetchCheckpoint(this.box, this.key);
    assert.ok(size >= this.leaves.length, `the board has shrunk from ${this.leaves.length} to ${size} entries`);
    const entries = await fetchEntries(this.box, size, this.leaves.length);
    for (const entry of entries) {
      let peak = { size: 1, hash: leafHash(entry) };
      this.leaves.push(peak.hash);
      while (this.#peaks.at(-1)?.size === peak.size) peak = { size: 2 * peak.size, hash: nodeHash(this.#peaks.pop().hash, peak.hash) };
      this.#peaks.push(peak);
    }
    assert.deepEqual(this.root, root, 'the board continues what was there');
    return entries;
  }
}

// What a receipt says, if it holds: leaf hash, index and the tree's size.
export function readReceipt(bytes, key) {
  let at = 0;
  const head = (major) => {
    assert.equal(bytes[at] >> 5, major, 'the form of a receipt');
    const info = bytes[at++] & 31;
    if (info < 24) return info;
    const length = 1 << (info - 24);
    const value = length === 8 ? Number(bytes.readBigUInt64BE(at)) : bytes.readUIntBE(at, length);
    at += length;
    return value;
  };
  const string = (major) => {
    const length = head(major);
    at += length;
    return bytes.subarray(at - length, at);
  };
  assert.equal(head(5), 5);
  const member = (number) => assert.equal(head(0), number);
  member(0);
  assert.equal(head(0), 1, 'the version');
  member(1);
  const leaf = string(2);
  member(2);
  const index = head(0);
  member(3);
  const steps = Array.from({ length: head(4) }, () => string(2));
  member(4);
  const { size, root } = readCheckpoint(string(3).toString('utf8'), key);
  assert.equal(at, bytes.length);
  // RFC 9162 section 2.1.3.2.
  assert.ok(index < size);
  let [fn, sn, node] = [index, size - 1, leaf];
  for (const step of steps) {
    assert.ok(sn > 0);
    if (fn % 2 === 1 || fn === sn) {
      node = nodeHash(step, node);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      node = nodeHash(node, step);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  assert.equal(sn, 0);
  assert.deepEqual(node, root, 'inclusion');
  return { leaf, index, size };
}
