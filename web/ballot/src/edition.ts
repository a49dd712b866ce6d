// SPDX-License-Identifier: EUPL-1.2
// An edition as a voter's page needs it: the manifest, and the joint key recomputed from the ceremony on the board.

import { verifyCeremony } from '../../verify/src/ceremony.js';
import { decode, fields, keys } from '../../verify/src/cbor.js';
import { demandOfficials, demandSignature, Entries } from '../../verify/src/entries.js';
import { encodeElement } from '../../verify/src/group.js';
import {
  decodeManifest,
  demandManifestEntry,
  MANIFEST_FILE,
  MAXIMUM_MANIFEST_BYTES,
  type Manifest,
} from '../../verify/src/manifest.js';
import { leafHash } from '../../verify/src/merkle.js';
import { demand, equalBytes, hex } from '../../verify/src/bytes.js';
import { splitBundle, tilePath } from '../../verify/src/board.js';
import { ask, askForFile, askForFileIfAny, HASH, jsonOf, Members, type Fetch } from './net.js';
import { BallotError, withTrouble } from './problems.js';
import type { Edition, EditionState, Extension } from './types.js';

const MAXIMUM_STATE_BYTES = 262_144;
const MAXIMUM_ENTRY_BYTES = 65_535;
const REASON = /^[^\p{Cc}]{1,1024}$/u;
const PHASES = ['key-ceremony', 'roll', 'opening', 'voting', 'issuance', 'annulments', 'tally'] as const;

/** The address without what follows the path, ended by a slash. */
export function baseOf(base: string): string {
  return new URL('./', base.endsWith('/') ? base : `${base}/`).href;
}

/** What the ballot box says about the election now. Trouble: unreachable, malformed. */
export async function loadState(base: string, get: Fetch = fetch): Promise<EditionState> {
  const answer = await ask(get, new URL('api/v1/edition', baseOf(base)).href, MAXIMUM_STATE_BYTES, {
    cache: 'no-store',
  });
  if (answer.status !== 200) {
    throw new BallotError('unreachable', `the ballot box answers ${answer.status}`);
  }
  const m = new Members(jsonOf(answer.body));
  const phase = PHASES.find((one) => one === m.text('phase'));
  if (phase === undefined) throw new BallotError('malformed', 'the phase of the election is unknown');
  return {
    edition: m.text('edition', HASH),
    phase,
    accepting: m.boolean('accepting'),
    opens: m.number('opens'),
    closes: m.number('closes'),
    // A record that was kept by an older page has none.
    extensions: m.has('extensions') ? m.list('extensions').map(extensionOf) : [],
    entries: m.number('entries'),
    ballots: m.number('ballots'),
    checkpoint: m.text('checkpoint'),
    ...(m.has('joint_key') ? { joint_key: m.text('joint_key', HASH) } : {}),
    ...(m.has('registrar') ? { registrar: m.text('registrar', /^https?:\/\/[^/?#@\s]{1,255}\/?$/) } : {}),
  };
}

function extensionOf(value: unknown): Extension {
  const m = new Members(value);
  const reason = new Members(m.object('reason'));
  return {
    time: m.number('time'),
    replaces: m.number('replaces'),
    closes: m.number('closes'),
    reason: { pl: reason.text('pl', REASON), en: reason.text('en', REASON) },
  };
}

/** Loads manifest and key of the edition and checks them against the board. Trouble: all but certificate and choice. */
export async function loadEdition(base: string, get: Fetch = fetch): Promise<Edition> {
  const address = baseOf(base);
  const [state, manifestBytes] = await Promise.all([
    loadState(address, get),
    askForFile(get, new URL(MANIFEST_FILE, address).href, MAXIMUM_MANIFEST_BYTES),
  ]);
  const manifest = withTrouble('malformed', () => decodeManifest(manifestBytes));
  const hash = hex(manifest.hash);
  if (hash !== state.edition) {
    throw new BallotError('not-authentic', 'the manifest is not the one that the ballot box names');
  }
  const first = await firstEntries(address, manifest, state.entries, get);
  const jointKey = withTrouble('not-authentic', () => jointKeyOf(manifest, manifestBytes, first));
  if (state.joint_key !== undefined && state.joint_key !== hex(jointKey)) {
    throw new BallotError('not-authentic', 'the ballot box names another joint key than the trustees made');
  }
  return { base: address, hash, manifest, manifestBytes, jointKey, state };
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
  const wanted = 3 * manifest.trustees.length + 3;
  if (entries < wanted) throw new BallotError('not-ready', 'the vote was not opened yet');
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
