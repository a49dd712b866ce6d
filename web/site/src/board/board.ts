// SPDX-License-Identifier: EUPL-1.2
// The board read in parts: its signed state, a run of entries held against it, the proof of one entry.
import { rootOfInclusion } from '$ballot/tree';
import type { ManifestForm } from '$ballot/types';
import { CHECKPOINT, parseCheckpoint, splitBundle, tilePath, verifyCheckpoint } from '$verify/board';
import type { Checkpoint } from '$verify/board';
import { equalBytes, hex, utf8 } from '$verify/bytes';
import { decode, fields, keys, type Cbor, type CborMap } from '$verify/cbor';
import { decodeEntry } from '$verify/entries';
import { leafHash } from '$verify/merkle';
import { source } from '../shared/record';

const CHECKPOINT_BYTES = 131_072;
const RECEIPT_BYTES = 262_144;
const BUNDLE = 256;

/** What the server sent contradicts what it signed. */
export class Contradiction extends Error {}

export interface BoardState {
  readonly checkpoint: Checkpoint;
  readonly note: Uint8Array;
  /** Names of those who cosigned it. */
  readonly witnesses: readonly string[];
}

/** Throws Contradiction if the board did not sign it. */
function stateOf(note: Uint8Array, board: ManifestForm['board']): BoardState {
  try {
    const checkpoint = parseCheckpoint(note);
    verifyCheckpoint(checkpoint, { ...board, quorum: 0 });
    const witnesses = board.witnesses.filter((witness) => {
      try {
        verifyCheckpoint(checkpoint, { ...board, witnesses: [witness], quorum: 1 });
        return true;
      } catch {
        return false;
      }
    });
    return { checkpoint, note, witnesses: witnesses.map((one) => one.name) };
  } catch (error) {
    throw new Contradiction(String(error));
  }
}

export async function loadBoard(manifest: ManifestForm): Promise<BoardState> {
  const note = await source.read(CHECKPOINT, CHECKPOINT_BYTES);
  if (!note) throw new Error('there is no checkpoint');
  return stateOf(note, manifest.board);
}

export interface ShownEntry {
  readonly index: number;
  readonly kind: string;
  readonly map: CborMap;
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** Entries from `first` on, at most `count`, which lie in one bundle. Throws if they cannot be read. */
export async function loadEntries(first: number, count: number, size: number): Promise<ShownEntry[]> {
  const bundle = Math.floor(first / BUNDLE);
  const width = Math.min(BUNDLE, size - bundle * BUNDLE);
  const path = tilePath('entries', bundle, width);
  const bytes = await source.read(path, width * 65_537);
  if (!bytes) throw new Error(`${path} is missing`);
  return splitBundle(bytes, width)
    .map((entry, k) => ({ entry, index: bundle * BUNDLE + k }))
    .filter(({ index }) => index >= first && index < first + count)
    .map(({ entry, index }) => {
      const { kind, map } = decodeEntry(entry);
      return { index, kind, map, hash: hex(leafHash(entry)), bytes: entry };
    });
}

/** The number of entries of the signed state that the entry stands under; Contradiction if it does not. */
export async function checkInclusion(entry: ShownEntry, manifest: ManifestForm): Promise<number> {
  const bytes = await source.read(`api/v1/receipts/${entry.hash}`, RECEIPT_BYTES);
  if (!bytes) throw new Contradiction('the board knows no such entry');
  const { index, proof, note } = receiptOf(bytes);
  const { checkpoint } = stateOf(note, manifest.board);
  const leaf = leafHash(entry.bytes);
  let root: Uint8Array;
  try {
    root = rootOfInclusion(leaf, index, checkpoint.size, proof);
  } catch (error) {
    throw new Contradiction(String(error));
  }
  if (index !== entry.index || !equalBytes(root, checkpoint.root)) {
    throw new Contradiction('the proof leads to another root');
  }
  return checkpoint.size;
}

function receiptOf(bytes: Uint8Array): { index: number; proof: Uint8Array[]; note: Uint8Array } {
  try {
    const f = fields(decode(bytes), 'the receipt', keys(0, 4));
    f.uint(0, 1, 1);
    const proof = f.array(3, 0, 64).map((item: Cbor) => {
      if (!(item instanceof Uint8Array) || item.length !== 32) throw new Error('not a hash');
      return item;
    });
    return { index: f.uint(2), proof, note: utf8(f.text(4, 1, CHECKPOINT_BYTES)) };
  } catch (error) {
    throw new Contradiction(String(error));
  }
}
