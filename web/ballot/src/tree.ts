// SPDX-License-Identifier: EUPL-1.2
// Proofs in the board's Merkle tree: inclusion offline, and that one tree continues another from the board's tiles.

import { demand } from '../../verify/src/bytes.js';
import { tilePath } from '../../verify/src/board.js';
import { merkleRoot, nodeHash } from '../../verify/src/merkle.js';

const TILE_WIDTH = 256;

/** The root to which an inclusion proof leads (RFC 9162, 2.1.3.2); refused if it is too long or too short. */
export function rootOfInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Uint8Array {
  demand(index < size, 'the entry is not below the size of the tree');
  let fn = BigInt(index);
  let sn = BigInt(size) - 1n;
  let root = leaf;
  for (const hash of proof) {
    demand(sn !== 0n, 'the proof is too long');
    if ((fn & 1n) === 1n || fn === sn) {
      root = nodeHash(hash, root);
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      root = nodeHash(root, hash);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  demand(sn === 0n, 'the proof is too short');
  return root;
}

/** Reads a file of the record, undefined if there is none. */
export type ReadTile = (path: string, limit: number) => Promise<Uint8Array | undefined>;

/**
 * The roots of the tree of `size` entries and of the tree of its first `earlier` ones, both from the same nodes. If the first
 * is a root that was signed, the nodes are right, and so is the second: no proof made by the board is needed.
 */
export async function rootsFromTiles(
  read: ReadTile,
  size: number,
  earlier: number,
): Promise<{ readonly root: Uint8Array; readonly earlierRoot: Uint8Array }> {
  demand(earlier <= size, 'the earlier tree is the longer one');
  const tiles = new Map<string, Promise<readonly Uint8Array[]>>();

  /** The hashes of tile `index` of a level, as many as the tree has. */
  const tile = (level: number, index: number): Promise<readonly Uint8Array[]> => {
    const complete = Math.floor(size / TILE_WIDTH ** level);
    const width = Math.min(TILE_WIDTH, complete - index * TILE_WIDTH);
    const path = tilePath(String(level), index, width);
    let found = tiles.get(path);
    if (found === undefined) {
      found = (async () => {
        const limit = 32 * TILE_WIDTH;
        let bytes = await read(path, limit);
        // A partial tile may have given way to the full one.
        if (bytes === undefined && width < TILE_WIDTH) {
          bytes = await read(tilePath(String(level), index, TILE_WIDTH), limit);
        }
        demand(
          bytes !== undefined && bytes.length >= 32 * width,
          'a tile of the board is missing or too short',
        );
        return Array.from({ length: width }, (_, i) => bytes.slice(32 * i, 32 * i + 32));
      })();
      tiles.set(path, found);
    }
    return found;
  };

  /** The root over the `2^height` entries from `first`, which are all there. */
  const node = async (first: number, height: number): Promise<Uint8Array> => {
    const level = Math.floor(height / 8);
    const inTile = 2 ** (height - 8 * level);
    const at = first / TILE_WIDTH ** level;
    const index = Math.floor(at / TILE_WIDTH);
    const from = at - index * TILE_WIDTH;
    return merkleRoot((await tile(level, index)).slice(from, from + inTile));
  };

  /** The tree hash over entries `first` to `end − 1`; nodes never reach across `earlier`. */
  const range = async (first: number, end: number): Promise<Uint8Array> => {
    const count = end - first;
    const height = Math.ceil(Math.log2(count));
    const perfect = 2 ** height === count;
    if (perfect && (end <= earlier || first >= earlier)) return node(first, height);
    const left = perfect ? count / 2 : 2 ** (height - 1);
    return nodeHash(await range(first, first + left), await range(first + left, end));
  };

  const nothing = merkleRoot([]);
  return {
    root: size === 0 ? nothing : await range(0, size),
    earlierRoot: earlier === 0 ? nothing : await range(0, earlier),
  };
}
