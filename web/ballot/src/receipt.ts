// SPDX-License-Identifier: EUPL-1.2
// Receipts (docs/receipts.md): made from the answer of the ballot box, checked without a network, held against the
// board of today.

import {
  CHECKPOINT,
  parseCheckpoint,
  splitBundle,
  tilePath,
  verifyCheckpoint,
  type Checkpoint,
} from '../../verify/src/board.js';
import { demand, equalBytes, fromHex, hex, Malformed, textOf, utf8 } from '../../verify/src/bytes.js';
import type { Ballot } from '../../verify/src/ballots.js';
import { array, decode, fields, keys, type Cbor } from '../../verify/src/cbor.js';
import { countedBallots } from '../../verify/src/counted.js';
import { decodeEntry, kindOf } from '../../verify/src/entries.js';
import type { Manifest, Witness } from '../../verify/src/manifest.js';
import { leafHash, merkleRoot } from '../../verify/src/merkle.js';
import { readBallot } from './ballot.js';
import { fromBase64, shortCode, toBase64 } from './code.js';
import { askForFile, askForFileIfAny, HASH, Members, type Fetch } from './net.js';
import { nextBallot } from './cast.js';
import { BallotError, withTrouble } from './problems.js';
import { rootOfInclusion, rootsFromTiles } from './tree.js';
import type {
  Acknowledgement,
  BoardCheck,
  BoardProblem,
  Edition,
  PreparedBallot,
  Receipt,
  ReceiptCheck,
  ReceiptFile,
  ReceiptProblem,
  Standing,
} from './types.js';

const FORM = 'urna-receipt/1';
/** 64 hashes, a checkpoint of at most 131,072 bytes, keys of 32 witnesses, all of it in base 64. */
const MAXIMUM_FILE_BYTES = 262_144;
const MAXIMUM_CHECKPOINT_BYTES = 131_072;
const MAXIMUM_ENTRY_BYTES = 65_535;
/** Boards of more entries are read whole only if that was asked for. */
const READ_WHOLE_UP_TO = 20_000;

type Board = Manifest['board'];

/** What the ballot box gives: `board.md`, Receipts. */
interface BoardReceipt {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly proof: readonly Uint8Array[];
  readonly note: Uint8Array;
}

function decodeBoardReceipt(bytes: Uint8Array): BoardReceipt {
  const f = fields(decode(bytes), 'the receipt', keys(0, 4));
  f.uint(0, 1, 1);
  return {
    leaf: f.bytes(1, 32),
    index: f.uint(2),
    proof: f.array(3, 0, 64).map((item: Cbor) => {
      demand(
        item instanceof Uint8Array && item.length === 32,
        'a hash of the receipt does not have 32 bytes',
      );
      return item as Uint8Array;
    }),
    note: utf8(f.text(4, 1, MAXIMUM_CHECKPOINT_BYTES)),
  };
}

/** A finding, which is no malformed input. */
class Found extends Error {
  constructor(readonly reason: ReceiptProblem) {
    super(reason);
  }
}

/** Who among the witnesses cosigned. Refuses (Found) if the board did not sign, or a cosignature does not hold. */
function demandSigned(checkpoint: Checkpoint, board: Board): readonly string[] {
  try {
    verifyCheckpoint(checkpoint, { ...board, quorum: 0 });
  } catch {
    throw new Found('unsigned');
  }
  return board.witnesses
    .filter((witness) => {
      try {
        verifyCheckpoint(checkpoint, { ...board, witnesses: [witness], quorum: 1 });
        return true;
      } catch {
        return false;
      }
    })
    .map((witness) => witness.name);
}

/** What a receipt shows: the size of the board and the witnesses, or (Found) why it shows nothing. */
function verify(
  receipt: BoardReceipt,
  board: Board,
): { checkpoint: Checkpoint; witnesses: readonly string[] } {
  const checkpoint = parseCheckpoint(receipt.note);
  const witnesses = demandSigned(checkpoint, board);
  let root: Uint8Array | undefined;
  try {
    root = rootOfInclusion(receipt.leaf, receipt.index, checkpoint.size, receipt.proof);
  } catch {
    root = undefined;
  }
  if (root === undefined || !equalBytes(root, checkpoint.root)) throw new Found('not-included');
  return { checkpoint, witnesses };
}

/**
 * Makes the receipt of a ballot that was recorded. Trouble: not-authentic, if the answer does not show that this entry is on
 * the board of the manifest; the page then must not say that the ballot was cast. malformed.
 */
export function makeReceipt(
  acknowledgement: Acknowledgement,
  ballot: Pick<PreparedBallot, 'entry'>,
  edition: Pick<Edition, 'manifest'>,
): ReceiptFile {
  const { manifest } = edition;
  const { pool } = withTrouble('malformed', () => readBallot(ballot.entry, edition));
  const leaf = leafHash(ballot.entry);
  const bytes = withTrouble('malformed', () => fromBase64(acknowledgement.receipt));
  const shown = withTrouble('malformed', () => decodeBoardReceipt(bytes));
  if (
    !equalBytes(shown.leaf, leaf) ||
    shown.index !== acknowledgement.index ||
    acknowledgement.entry !== hex(leaf)
  ) {
    throw new BallotError('not-authentic', 'the answer is about another entry');
  }
  withTrouble('not-authentic', () => verify(shown, manifest.board));
  const receipt: Receipt = {
    edition: hex(manifest.hash),
    pool,
    entry: hex(leaf),
    code: shortCode(leaf),
    index: shown.index,
    boardReceipt: bytes,
    board: manifest.board,
  };
  return {
    name: `urna-${receipt.code}.json`,
    type: 'application/json',
    bytes: utf8(written(receipt)),
    code: receipt.code,
    receipt,
  };
}

/** The one text of a receipt. */
function written(receipt: Receipt): string {
  const { board } = receipt;
  const object = {
    form: FORM,
    code: receipt.code,
    edition: receipt.edition,
    pool: receipt.pool,
    entry: receipt.entry,
    index: receipt.index,
    receipt: toBase64(receipt.boardReceipt),
    board: {
      origin: board.origin,
      key: hex(board.key),
      quorum: board.quorum,
      witnesses: board.witnesses.map(({ name, key }) => ({ name, key: hex(key) })),
    },
  };
  return `${JSON.stringify(object, null, 2)}\n`;
}

const NAME = /^[!-*,-~]{1,255}$/;

/** Reads a receipt's file strictly: its bytes must be those that its content is written as, save for ends of lines. */
function readFile(file: Uint8Array): Receipt {
  demand(file.length <= MAXIMUM_FILE_BYTES, 'the file is too long for a receipt');
  const text = textOf(file, 'the receipt').replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Malformed('the file is not JSON');
  }
  const m = new Members(value);
  demand(m.text('form') === FORM, 'the file is no receipt');
  const b = new Members((value as Record<string, unknown>).board);
  const witnesses = (value as { board: Record<string, unknown> }).board.witnesses;
  demand(Array.isArray(witnesses) && witnesses.length <= 32, 'the witnesses are no list');
  const receipt: Receipt = {
    edition: m.text('edition', HASH),
    pool: m.number('pool'),
    entry: m.text('entry', HASH),
    code: m.text('code'),
    index: m.number('index'),
    boardReceipt: fromBase64(m.text('receipt', /^[A-Za-z0-9+/=]{1,262144}$/)),
    board: {
      origin: b.text('origin', NAME),
      key: fromHex(b.text('key', HASH)),
      quorum: b.number('quorum'),
      witnesses: (witnesses as unknown[]).map((witness): Witness => {
        const w = new Members(witness);
        return { name: w.text('name', NAME), key: fromHex(w.text('key', HASH)) };
      }),
    },
  };
  const plain = (one: string): string => one.replaceAll('\r\n', '\n').trimEnd();
  demand(plain(text) === plain(written(receipt)), 'the file is not written as a receipt is');
  return receipt;
}

/** Works without a network. Without an edition the board's key is only the one that the receipt names. */
export function checkReceipt(file: Uint8Array, edition?: Pick<Edition, 'manifest'>): ReceiptCheck {
  let receipt: Receipt | undefined;
  try {
    receipt = readFile(file);
    if (edition !== undefined && receipt.edition !== hex(edition.manifest.hash))
      throw new Found('other-edition');
    const shown = decodeBoardReceipt(receipt.boardReceipt);
    const leaf = fromHex(receipt.entry);
    if (
      !equalBytes(shown.leaf, leaf) ||
      shown.index !== receipt.index ||
      receipt.code !== shortCode(leaf) ||
      (edition !== undefined && !fits(receipt, edition.manifest))
    ) {
      throw new Found('inconsistent');
    }
    const { board } = receipt;
    const { checkpoint, witnesses } = verify(shown, board);
    return {
      ok: true,
      receipt,
      size: checkpoint.size,
      witnesses,
      witnessed: witnesses.length >= board.quorum,
      trust: edition === undefined ? 'receipt' : 'manifest',
    };
  } catch (error) {
    const reason = reasonOf(error);
    return receipt === undefined ? { ok: false, reason } : { ok: false, reason, receipt };
  }
}

/** Whether the receipt names a pool and the board of the manifest. */
function fits(receipt: Receipt, manifest: Manifest): boolean {
  return (
    receipt.pool < manifest.pools.length &&
    written(receipt) === written({ ...receipt, board: manifest.board })
  );
}

function reasonOf(error: unknown): ReceiptProblem {
  if (error instanceof Found) return error.reason;
  if (error instanceof Malformed || error instanceof BallotError) return 'malformed';
  throw error;
}

export interface BoardCheckOptions {
  readonly fetch?: Fetch;
  /**
   * Read the whole board, so that what is said about later and earlier ballots is shown and not only claimed by the ballot
   * box. By default for boards of at most 20,000 entries.
   */
  readonly thorough?: boolean;
  readonly progress?: (entries: number, of: number) => void;
}

/** Whether the board of today continues the one of the receipt, and what became of the ballot. */
export async function checkAgainstBoard(
  receipt: Receipt,
  edition: Edition,
  options: BoardCheckOptions = {},
): Promise<BoardCheck> {
  const get = options.fetch ?? fetch;
  const at = (path: string): string => new URL(path, edition.base).href;
  const no = (reason: BoardProblem): BoardCheck => ({ ok: false, reason });
  try {
    const { board } = edition.manifest;
    const before = verify(decodeBoardReceipt(receipt.boardReceipt), board).checkpoint;
    const now = parseCheckpoint(await askForFile(get, at(CHECKPOINT), MAXIMUM_CHECKPOINT_BYTES, true));
    const witnesses = demandSigned(now, board);
    if (now.size < before.size) return no('shorter');

    const thorough = options.thorough ?? now.size <= READ_WHOLE_UP_TO;
    if (thorough) {
      const { entries, hashes } = await readEntries(get, at, now.size, options.progress);
      if (!equalBytes(merkleRoot(hashes), now.root)) return no('malformed');
      if (!equalBytes(merkleRoot(hashes.slice(0, before.size)), before.root)) return no('history-changed');
      if (hex(hashes[receipt.index]!) !== receipt.entry) return no('missing');
      const standing = standingOf(receipt.index, entries, hashes, edition);
      return { ok: true, size: now.size, standing, proven: true, witnesses };
    }

    const { root, earlierRoot } = await rootsFromTiles(
      (path, limit) => askForFileIfAny(get, at(path), limit),
      now.size,
      before.size,
    );
    if (!equalBytes(root, now.root)) return no('malformed');
    if (!equalBytes(earlierRoot, before.root)) return no('history-changed');
    // The entry is in the earlier tree, which the present one continues. What followed it is asked of the ballot box.
    const entry = await entryAt(get, at, receipt.index, now.size);
    if (hex(leafHash(entry)) !== receipt.entry) return no('missing');
    const ballot = readBallot(entry, edition);
    const next = await nextBallot(edition, ballot.pseudonym, ballot.pool, get);
    const standing: Standing = next.previous === receipt.entry ? 'counts' : 'superseded';
    return { ok: true, size: now.size, standing, proven: false, witnesses };
  } catch (error) {
    if (error instanceof BallotError && error.trouble === 'unreachable') return no('unreachable');
    if (error instanceof Found && error.reason === 'unsigned') return no('unsigned');
    if (error instanceof Found) return no('malformed');
    if (error instanceof Malformed || error instanceof BallotError) return no('malformed');
    throw error;
  }
}

async function readBundle(
  get: Fetch,
  at: (path: string) => string,
  index: number,
  width: number,
): Promise<Uint8Array[]> {
  // A partial bundle may have given way to the full one.
  for (const asked of width === 256 ? [256] : [width, 256]) {
    const path = tilePath('entries', index, asked);
    const bundle = await askForFileIfAny(get, at(path), asked * (2 + MAXIMUM_ENTRY_BYTES));
    if (bundle !== undefined) return splitBundle(bundle, asked).slice(0, width);
  }
  throw new BallotError('malformed', 'entries of the board are missing');
}

async function readEntries(
  get: Fetch,
  at: (path: string) => string,
  size: number,
  progress: BoardCheckOptions['progress'],
): Promise<{ entries: readonly Uint8Array[]; hashes: readonly Uint8Array[] }> {
  const entries: Uint8Array[] = [];
  for (let index = 0; 256 * index < size; index++) {
    entries.push(...(await readBundle(get, at, index, Math.min(256, size - 256 * index))));
    progress?.(entries.length, size);
  }
  return { entries, hashes: entries.map(leafHash) };
}

async function entryAt(
  get: Fetch,
  at: (path: string) => string,
  index: number,
  size: number,
): Promise<Uint8Array> {
  const tile = Math.floor(index / 256);
  const bundle = await readBundle(get, at, tile, Math.min(256, size - 256 * tile));
  return bundle[index - 256 * tile]!;
}

/** What became of the ballot at `index`, from all entries (section 10). */
function standingOf(
  index: number,
  entries: readonly Uint8Array[],
  hashes: readonly Uint8Array[],
  edition: Edition,
): Standing {
  const { manifest } = edition;
  const mine = readBallot(entries[index]!, edition);
  const ballots: Ballot[] = [];
  let frozen = false;
  const isNamed = (ballot: number, at: unknown, hash: unknown): boolean =>
    at === ballot && hash instanceof Uint8Array && equalBytes(hash, hashes[ballot]!);
  for (const [i, entry] of entries.entries()) {
    const kind = kindOf(entry);
    if (kind === 'ballot') {
      const other = readBallot(entry, edition);
      if (other.pseudonym !== mine.pseudonym) continue;
      const { pool, pseudonym, level, ciphertext: packed, pairs: points } = other;
      ballots.push({ index: i, pool, pseudonym, level, packed, points, annulled: false });
    } else if (kind === 'freeze') {
      const f = fields(decodeEntry(entry).map, 'the freeze', keys(0, 5));
      for (const item of f.array(2, 1, 256)) {
        const [at, hash] = array(item, 'a ballot of the freeze', 2, 2);
        if (isNamed(index, at, hash)) frozen = true;
      }
    } else if (kind === 'annulment' || kind === 'upholding') {
      const f = fields(decodeEntry(entry).map, 'the decision', keys(0, kind === 'annulment' ? 5 : 7));
      const [at, hash] = [f.uint(2), f.bytes(3, 32)];
      const target = ballots.find((ballot) => isNamed(ballot.index, at, hash));
      if (target) target.annulled = kind === 'annulment';
      if (target?.index === index) frozen = false;
    }
  }
  const own = ballots.find((ballot) => ballot.index === index)!;
  if (frozen) return 'frozen';
  if (own.annulled) return 'annulled';
  const counted = countedBallots(manifest, manifest.pools.length, ballots);
  if (counted[own.pool]!.includes(own)) return 'counts';
  const others = ballots.filter((ballot) => ballot !== own && ballot.pool === own.pool && !ballot.annulled);
  if (manifest.policy === 'void' && others.some((ballot) => ballot.level === own.level)) return 'void';
  const alone = countedBallots({ policy: manifest.policy, groups: [] }, manifest.pools.length, ballots);
  return alone[own.pool]!.includes(own) ? 'over-the-group-limit' : 'superseded';
}
