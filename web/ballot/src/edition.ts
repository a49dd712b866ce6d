// SPDX-License-Identifier: EUPL-1.2
// An edition that ballots are made in: what the ballot box tells of it, held against the board, and the joint key
// recomputed from the ceremony there.

import { verifyCeremony } from '../../verify/src/ceremony.js';
import { decode, fields, keys } from '../../verify/src/cbor.js';
import { demandOfficials, demandSignature, Entries } from '../../verify/src/entries.js';
import { encodeElement } from '../../verify/src/group.js';
import { decodeKeys, decodeManifest, demandManifestEntry, type Manifest } from '../../verify/src/manifest.js';
import { leafHash } from '../../verify/src/merkle.js';
import { demand, equalBytes, hex } from '../../verify/src/bytes.js';
import { splitBundle, tilePath } from '../../verify/src/board.js';
import { askForFileIfAny, type Fetch } from './net.js';
import { BallotError, withTrouble } from './problems.js';
import { entriesBefore, loadToldEdition } from './told-edition.js';
import type { Edition, ToldEdition } from './types.js';

const MAXIMUM_ENTRY_BYTES = 65_535;

/** Loads manifest and key of the edition and checks them against the board. Trouble: all but certificate and choice. */
export async function loadEdition(base: string, get: Fetch = fetch): Promise<Edition> {
  return checkEdition(await loadToldEdition(base, get), get);
}

/**
 * Holds what the ballot box told against the board: the manifest's entry, the ceremony with every proof of the
 * trustees, the roll, the officials' signatures of the opening. Trouble: unreachable, malformed, not-authentic.
 */
export async function checkEdition(told: ToldEdition, get: Fetch = fetch): Promise<Edition> {
  const { base, hash, manifestBytes, state } = told;
  const manifest = withTrouble('malformed', () => decodeKeys(told.manifest));
  const first = await firstEntries(base, manifest, state.entries, get);
  const jointKey = withTrouble('not-authentic', () => jointKeyOf(manifest, manifestBytes, first));
  if (state.joint_key !== undefined && state.joint_key !== hex(jointKey)) {
    throw new BallotError('not-authentic', 'the ballot box names another joint key than the trustees made');
  }
  return { base, hash, manifest, manifestBytes, jointKey, state };
}

/** An edition that was kept by `manifestBytes` and `jointKey`, for checks without a network. Trouble: malformed. */
export function restoreEdition(
  kept: Pick<Edition, 'base' | 'manifestBytes' | 'jointKey' | 'state'>,
): Edition {
  const manifest = withTrouble('malformed', () => decodeManifest(kept.manifestBytes));
  return { ...kept, hash: hex(manifest.hash), manifest };
}

/** Manifest, ceremony, roll, opening: what stands on the board before the first ballot. */
async function firstEntries(
  base: string,
  manifest: Manifest,
  entries: number,
  get: Fetch,
): Promise<Uint8Array[]> {
  const wanted = entriesBefore(manifest.trustees.length);
  // Partial bundles of smaller trees may be gone where the record lies in files: then the newest is read.
  for (const width of [wanted, Math.min(entries, 256)]) {
    const url = new URL(tilePath('entries', 0, width), base).href;
    const bundle = await askForFileIfAny(get, url, width * (MAXIMUM_ENTRY_BYTES + 2));
    if (bundle !== undefined) {
      return withTrouble('malformed', () => splitBundle(bundle, width)).slice(0, wanted);
    }
  }
  throw new BallotError('malformed', 'the first entries of the board are missing');
}

/** The key that the trustees made, all of them accepted, and the officials opened the vote with. */
function jointKeyOf(manifest: Manifest, file: Uint8Array, first: readonly Uint8Array[]): Uint8Array {
  demandManifestEntry(first[0]!, file);
  const entries = new Entries(first, first.map(leafHash), manifest.hash);
  const { jointKey } = verifyCeremony(entries, manifest);
  const encoded = encodeElement(jointKey);
  const roll = entries.take('roll', (entry) => {
    demandSignature(entry, manifest.hash, manifest.registrarKey, 'the registrar');
    return entry.hash;
  });
  entries.take('opening', (entry) => {
    const f = fields(decode(entry.bytes), 'the opening', keys(0, 5));
    demand(equalBytes(f.bytes(2, 32), encoded), 'the opening names another joint key');
    demand(equalBytes(f.bytes(3, 32), roll), 'the opening names another roll');
    demandOfficials(entry, f, 5, manifest.hash, manifest.officials);
  });
  return encoded;
}
