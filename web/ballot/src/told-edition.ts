// SPDX-License-Identifier: EUPL-1.2
// An edition as the ballot box tells it: enough to show it and to fill in a ballot, without the code that calculates
// with keys. edition.ts holds it against the board, which must be done before anything is encrypted.

import { hex } from '../../verify/src/bytes.js';
import { MANIFEST_FILE, MAXIMUM_MANIFEST_BYTES, readManifest } from '../../verify/src/manifest-form.js';
import { ask, askForFile, HASH, jsonOf, Members, type Fetch } from './net.js';
import { BallotError, withTrouble } from './problems.js';
import type { EditionState, Extension, ToldEdition } from './types.js';

/**
 * As a page's `<link rel="preload" as="fetch" crossorigin>` asks, so that what it has fetched is taken. The ballot box
 * sets no cookies.
 */
const AS_PRELOADED = { credentials: 'same-origin' } as const;

const MAXIMUM_STATE_BYTES = 262_144;
const REASON = /^[^\p{Cc}]{1,1024}$/u;
const PHASES = ['key-ceremony', 'roll', 'opening', 'voting', 'issuance', 'annulments', 'tally'] as const;

/** The address without what follows the path, ended by a slash. */
export function baseOf(base: string): string {
  return new URL('./', base.endsWith('/') ? base : `${base}/`).href;
}

/** What the ballot box says about the election now. Trouble: unreachable, malformed. */
export async function loadState(base: string, get: Fetch = fetch): Promise<EditionState> {
  const answer = await ask(get, new URL('api/v1/edition', baseOf(base)).href, MAXIMUM_STATE_BYTES, {
    ...AS_PRELOADED,
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

/** How many entries stand on the board before the first ballot: manifest, ceremony, roll, opening. */
export const entriesBefore = (trustees: number): number => 3 * trustees + 3;

/** Loads the manifest that the ballot box names. Trouble: all but certificate and choice. */
export async function loadToldEdition(base: string, get: Fetch = fetch): Promise<ToldEdition> {
  const address = baseOf(base);
  const [state, manifestBytes] = await Promise.all([
    loadState(address, get),
    askForFile(get, new URL(MANIFEST_FILE, address).href, MAXIMUM_MANIFEST_BYTES, false, AS_PRELOADED),
  ]);
  const manifest = withTrouble('malformed', () => readManifest(manifestBytes));
  const hash = hex(manifest.hash);
  if (hash !== state.edition) {
    throw new BallotError('not-authentic', 'the manifest is not the one that the ballot box names');
  }
  if (state.entries < entriesBefore(manifest.trustees.length)) {
    throw new BallotError('not-ready', 'the vote was not opened yet');
  }
  return { base: address, hash, manifest, manifestBytes, state };
}
