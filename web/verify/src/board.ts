// SPDX-License-Identifier: EUPL-1.2
// The board's log: checkpoints, entry bundles and tiles as plain files (section 7; board.md; C2SP signed-note,
// tlog-tiles, tlog-checkpoint, tlog-cosignature).

import { ed25519 } from '@noble/curves/ed25519';
import { sha512 } from '@noble/hashes/sha2';
import { demand, equalBytes, hash, hex, join, littleEndian, textOf, utf8 } from './bytes.js';
import { atAsync } from './entries.js';
import type { Manifest } from './manifest.js';
import { hashesAbove, leafHash, merkleRoot } from './merkle.js';
import type { ReadFile } from './mix.js';

export const CHECKPOINT = 'checkpoint';
const MAXIMUM_CHECKPOINT_BYTES = 131_072;
const MAXIMUM_SIGNATURES = 64;
/** Entries in a bundle, and hashes in a tile. */
const TILE_WIDTH = 256;
const MAXIMUM_ENTRY = 65535;
/** Far above any vote, far below what would exhaust a browser. */
const MAXIMUM_ENTRIES = 1 << 24;

const ED25519 = 0x01;
const COSIGNATURE = 0x04;

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed text, with its last line feed. */
  readonly body: string;
  readonly signatures: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** Reads a signed note that is a checkpoint. */
export function parseCheckpoint(bytes: Uint8Array): Checkpoint {
  const text = textOf(bytes, 'the checkpoint');
  const split = text.indexOf('\n\n');
  demand(split > 0 && text.endsWith('\n'), 'the checkpoint is not a signed note');
  const body = text.slice(0, split + 1);
  const lines = text.slice(0, split).split('\n');
  demand(lines.length === 3, `the checkpoint has ${lines.length} lines instead of 3`);
  const [origin, size, root] = lines as [string, string, string];
  demand(NAME.test(origin), 'the origin of the checkpoint is malformed');
  const signatureLines = text.slice(split + 2, -1).split('\n');
  demand(signatureLines.length <= MAXIMUM_SIGNATURES, 'the checkpoint has too many signatures');
  const signatures = signatureLines.map((line) => {
    const [dash, name, encoded, ...more] = line.split(' ');
    demand(
      dash === '\u2014' &&
        name !== undefined &&
        NAME.test(name) &&
        encoded !== undefined &&
        more.length === 0,
      'a signature line of the checkpoint is malformed',
    );
    const signature = base64(encoded, 'a signature of the checkpoint');
    demand(signature.length > 4, 'a signature of the checkpoint is too short');
    return { name, bytes: signature };
  });
  const signers = signatures.map((signature) => `${signature.name} ${hex(signature.bytes.subarray(0, 4))}`);
  demand(new Set(signers).size === signers.length, 'a key signed the checkpoint twice');
  const rootBytes = base64(root, 'the root of the checkpoint');
  demand(rootBytes.length === 32, 'the root of the checkpoint does not have 32 bytes');
  return { origin, size: decimal(size, 'the size of the checkpoint'), root: rootBytes, body, signatures };
}

/** Names of logs and witnesses: visible ASCII without `+`. */
const NAME = /^[!-*,-~]{1,255}$/;

/** A decimal number without leading zeros. */
function decimal(text: string, what: string): number {
  demand(/^(0|[1-9][0-9]{0,14})$/.test(text), `${what} is not a decimal number`);
  return Number(text);
}

/** Standard base64 with padding, in its one canonical form. */
function base64(text: string, what: string): Uint8Array {
  let binary = '';
  try {
    binary = atob(text);
  } catch {
    binary = '';
  }
  demand(binary !== '' && btoa(binary) === text, `${what} is not base64`);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Refuses unless the board signed the checkpoint and enough witnesses cosigned it. */
export function verifyCheckpoint(checkpoint: Checkpoint, board: Manifest['board']): void {
  demand(checkpoint.origin === board.origin, 'the checkpoint is of another log than the manifest names');
  const body = utf8(checkpoint.body);
  const own = signaturesBy(checkpoint, board.origin, board.key, ED25519);
  demand(own.length > 0, "the board's signature is missing", 'unsigned');
  for (const signature of own) {
    demand(verifyEd25519(signature, body, board.key), "the board's signature does not hold", 'unsigned');
  }
  const witnesses = board.witnesses.filter((witness) => {
    const cosignatures = signaturesBy(checkpoint, witness.name, witness.key, COSIGNATURE);
    for (const cosignature of cosignatures) {
      demand(cosignature.length === 72, `the cosignature of ${witness.name} is malformed`);
      const time = new DataView(cosignature.buffer, cosignature.byteOffset).getBigUint64(0);
      const message = join(utf8(`cosignature/v1\ntime ${time}\n`), body);
      demand(
        verifyEd25519(cosignature.subarray(8), message, witness.key),
        `the cosignature of ${witness.name} does not hold`,
        'unsigned',
      );
    }
    return cosignatures.length > 0;
  });
  demand(
    witnesses.length >= board.quorum,
    `${witnesses.length} witnesses cosigned the checkpoint, ${board.quorum} must`,
    'unwitnessed',
  );
}

/** The signatures that name the key: its name and the first 4 bytes of the hash of name, type and key. */
function signaturesBy(checkpoint: Checkpoint, name: string, key: Uint8Array, type: number): Uint8Array[] {
  const id = hash(join(utf8(`${name}\n`), new Uint8Array([type]), key)).subarray(0, 4);
  return checkpoint.signatures
    .filter((signature) => signature.name === name && equalBytes(signature.bytes.subarray(0, 4), id))
    .map((signature) => signature.bytes.slice(4));
}

/** As libsodium verifies (section 7): the equation holds without the cofactor. */
export function verifyEd25519(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const R = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  if (s >= ed25519.CURVE.n) return false;
  try {
    // Decoding refuses what is not canonical. Libraries that multiply by the cofactor accept more than is asked here.
    const [commitment, publicKey] = [R, key].map((bytes) => ed25519.Point.fromHex(bytes));
    if (commitment!.isSmallOrder() || publicKey!.isSmallOrder()) return false;
    const k = littleEndian(sha512(join(R, key, message))) % ed25519.CURVE.n;
    const right = commitment!.add(publicKey!.multiplyUnsafe(k));
    return ed25519.Point.BASE.multiplyUnsafe(s).equals(right);
  } catch {
    return false;
  }
}

/** The path of tile `index` of a level (`entries` or a number); a partial one has fewer than 256 parts. */
export function tilePath(level: string, index: number, width: number): string {
  let path = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  }
  return `tile/${level}/${path}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** The tiles of a level with `count` parts: index and number of parts of each. */
function* tilesOf(count: number): Generator<[index: number, width: number]> {
  for (let index = 0; index * TILE_WIDTH < count; index++) {
    yield [index, Math.min(TILE_WIDTH, count - index * TILE_WIDTH)];
  }
}

export interface Log {
  readonly checkpoint: Checkpoint;
  readonly entries: readonly Uint8Array[];
  /** Leaf hashes, which are the entry hashes. */
  readonly hashes: readonly Uint8Array[];
  /** The files that the log consists of. */
  readonly files: readonly string[];
}

/** Reads the whole log and refuses unless entries, tiles and the newest checkpoint's root fit together. */
export async function readLog(
  read: ReadFile,
  listed: ReadonlySet<string> | undefined,
  progress: (entry: number) => Promise<void>,
): Promise<Log> {
  const files: string[] = [CHECKPOINT];
  const checkpoint = await atAsync({ file: CHECKPOINT }, async () => {
    const parsed = parseCheckpoint(await read(CHECKPOINT, MAXIMUM_CHECKPOINT_BYTES));
    if (parsed.size > MAXIMUM_ENTRIES) {
      // A limit of this verifier and no fault of the record.
      throw new Error(`a log of ${parsed.size} entries is larger than this verifier reads`);
    }
    return parsed;
  });

  const entries: Uint8Array[] = [];
  for (const [index, width] of tilesOf(checkpoint.size)) {
    const path = tilePath('entries', index, width);
    files.push(path);
    await atAsync({ file: path }, async () => {
      entries.push(...splitBundle(await read(path, width * (2 + MAXIMUM_ENTRY)), width));
    });
    await progress(entries.length);
  }
  const hashes = entries.map(leafHash);
  await atAsync({ file: CHECKPOINT }, async () => {
    demand(
      equalBytes(merkleRoot(hashes), checkpoint.root),
      'the entries do not have the root of the checkpoint',
    );
  });

  const verifyTile = async (path: string, parts: readonly Uint8Array[]): Promise<void> => {
    const expected = join(...parts);
    await atAsync({ file: path }, async () => {
      demand(equalBytes(await read(path, expected.length), expected), 'the tile does not fit the entries');
    });
    files.push(path);
  };
  /** Partial tiles of smaller trees may remain beside the present one. */
  const verifyEarlierTiles = async (level: string, parts: readonly Uint8Array[]): Promise<void> => {
    const width = parts.length % TILE_WIDTH;
    const index = Math.floor(parts.length / TILE_WIDTH);
    const tile = parts.slice(index * TILE_WIDTH);
    for (let earlier = 1; earlier < width; earlier++) {
      const path = tilePath(level, index, earlier);
      if (listed?.has(path)) await verifyTile(path, tile.slice(0, earlier));
    }
  };

  await verifyEarlierTiles('entries', entries.map(withLength));
  let level = hashes;
  for (let number = 0; level.length > 0; number++, level = hashesAbove(level)) {
    for (const [index, width] of tilesOf(level.length)) {
      const parts = level.slice(index * TILE_WIDTH, index * TILE_WIDTH + width);
      await verifyTile(tilePath(String(number), index, width), parts);
    }
    await verifyEarlierTiles(String(number), level);
  }
  return { checkpoint, entries, hashes, files };
}

/** An entry as it stands in a bundle: after its length in two bytes. */
function withLength(entry: Uint8Array): Uint8Array {
  return join(new Uint8Array([entry.length >> 8, entry.length & 255]), entry);
}

/** The `count` entries of a bundle: each with its length in two bytes before it. */
export function splitBundle(bundle: Uint8Array, count: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    demand(at + 2 <= bundle.length, 'the bundle ends too early');
    const length = 256 * bundle[at]! + bundle[at + 1]!;
    demand(at + 2 + length <= bundle.length, 'the bundle ends too early');
    entries.push(bundle.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  demand(at === bundle.length, 'bytes follow after the bundle');
  return entries;
}

export const earlierCheckpointPath = (size: number): string => `checkpoints/${size}`;

/** Refuses unless the file is a checkpoint of the log as it was with `size` entries. */
export async function verifyEarlierCheckpoint(
  path: string,
  size: number,
  log: Log,
  board: Manifest['board'],
  read: ReadFile,
): Promise<void> {
  await atAsync({ file: path }, async () => {
    const checkpoint = parseCheckpoint(await read(path, MAXIMUM_CHECKPOINT_BYTES));
    demand(checkpoint.size === size, `the checkpoint is of size ${checkpoint.size}`);
    demand(size <= log.entries.length, 'the checkpoint is of a longer log than the newest one');
    const root = merkleRoot(log.hashes.slice(0, size));
    demand(equalBytes(root, checkpoint.root), 'an earlier checkpoint is of another log: history was changed');
    verifyCheckpoint(checkpoint, board);
  });
}
