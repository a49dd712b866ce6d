// SPDX-License-Identifier: EUPL-1.2
// Merkle tree hashes of RFC 9162, section 2.1 (section 7).

import { hash, join } from './bytes.js';

const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);

export function leafHash(leaf: Uint8Array): Uint8Array {
  return hash(join(LEAF, leaf));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash(join(NODE, left, right));
}

/** The tree hash over leaf hashes. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return hash(new Uint8Array());
  // Pairs from the left, level by level; an odd last one moves up. That is the tree of the RFC.
  let level = leaves;
  while (level.length > 1) level = parents(level);
  return level[0]!;
}

function parents(level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const right = level[i + 1];
    above.push(right === undefined ? level[i]! : nodeHash(level[i]!, right));
  }
  return above;
}

/** The hashes of the full subtrees of 256 nodes of the level below. */
export function hashesAbove(level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i + 256 <= level.length; i += 256) above.push(merkleRoot(level.slice(i, i + 256)));
  return above;
}
