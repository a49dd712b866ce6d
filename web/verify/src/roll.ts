// SPDX-License-Identifier: EUPL-1.2
// The roll of pseudonyms and the opening of the vote (sections 7 and 9.1).

import { ascending, array, bytes, CborReader, fields, keys, type Cbor } from './cbor.js';
import { compareBytes, demand, equalBytes, hex } from './bytes.js';
import { at, demandOfficials, demandSignature, type Entries } from './entries.js';
import { encodeElement, type Point } from './group.js';
import type { Manifest } from './manifest.js';
import { leafHash, merkleRoot } from './merkle.js';

/** From a pseudonym in hexadecimal to its pools. */
export type Roll = Map<string, readonly number[]>;

export interface Opened {
  readonly roll: Roll;
  /** Unix seconds. */
  readonly openingTime: number;
}

export const ROLL_FILE = 'roll.cbor';
export const MAXIMUM_ROLL_BYTES = 4_000_000_000;

export function readRoll(file: Uint8Array, poolCount: number): { roll: Roll; root: Uint8Array } {
  const reader = new CborReader(file);
  const size = reader.arrayHead();
  const roll: Roll = new Map();
  const leaves: Uint8Array[] = [];
  let last: Uint8Array | undefined;
  for (let i = 0; i < size; i++) {
    const start = reader.position;
    const [first, second] = array(reader.item(1), `person ${i} of the roll`, 2, 2) as [Cbor, Cbor];
    const pseudonym = bytes(first, `the pseudonym ${i} of the roll`, 32);
    demand(
      last === undefined || compareBytes(last, pseudonym) < 0,
      `pseudonym ${i} of the roll does not ascend`,
    );
    last = pseudonym;
    roll.set(hex(pseudonym), ascending(second, `the pools of person ${i} of the roll`, 1, poolCount));
    leaves.push(leafHash(file.subarray(start, reader.position)));
  }
  demand(reader.finished, 'bytes follow after the roll');
  return { roll, root: merkleRoot(leaves) };
}

export function verifyRollAndOpening(
  entries: Entries,
  manifest: Manifest,
  jointKey: Point,
  file: Uint8Array,
): Opened {
  const edition = manifest.hash;
  const rollEntry = entries.take('roll', (entry) => {
    const f = fields(entry.map, 'the roll', keys(0, 4));
    const claim = { size: f.uint(2), root: f.bytes(3, 32), hash: entry.hash };
    demandSignature(entry, edition, manifest.registrarKey, 'the registrar');
    return claim;
  });
  const roll = at({ file: ROLL_FILE }, () => {
    const read = readRoll(file, manifest.pools.length);
    demand(read.roll.size === rollEntry.size, `the roll has ${read.roll.size} people, not ${rollEntry.size}`);
    demand(equalBytes(read.root, rollEntry.root), 'the roll is not the one that the registrar signed');
    return read.roll;
  });
  const openingTime = entries.take('opening', (entry) => {
    const f = fields(entry.map, 'the opening', keys(0, 5));
    demand(equalBytes(f.bytes(2, 32), encodeElement(jointKey)), 'the opening names another joint key');
    demand(equalBytes(f.bytes(3, 32), rollEntry.hash), 'the opening names another roll');
    demandOfficials(entry, f, 5, edition, manifest.officials);
    return f.uint(4);
  });
  return { roll, openingTime };
}
