// SPDX-License-Identifier: EUPL-1.2
// The edition as this browser last saw it, for checks without a network. Only what is public is kept.
import { loadEdition, restoreEdition } from '$ballot/edition';
import { BallotError } from '$ballot/problems';
import type { Edition, EditionState } from '$ballot/types';
import { fromBase64, toBase64 } from './bytes';

const KEY = 'urna.edition';
/** Browsers keep about five million characters for a site. */
const CHARACTERS_MAX = 2_000_000;

export function keepEdition(edition: Edition): void {
  const text = JSON.stringify({
    base: edition.base,
    manifest: toBase64(edition.manifestBytes),
    jointKey: toBase64(edition.jointKey),
    state: edition.state,
  });
  if (text.length > CHARACTERS_MAX) return;
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // Then checks need the network.
  }
}

export function keptEdition(base: string): Edition | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Record<string, unknown> | null;
    if (kept === null || kept['base'] !== base) return undefined;
    const manifestBytes = fromBase64(String(kept['manifest']));
    const jointKey = fromBase64(String(kept['jointKey']));
    if (manifestBytes === undefined || jointKey === undefined) return undefined;
    return restoreEdition({ base, manifestBytes, jointKey, state: kept['state'] as EditionState });
  } catch {
    return undefined;
  }
}

/** The edition from the network; if that does not answer, as it was kept. */
export async function editionOrKept(
  origin: string,
): Promise<{ edition: Edition | undefined; fresh: boolean }> {
  try {
    const edition = await loadEdition(origin);
    keepEdition(edition);
    return { edition, fresh: true };
  } catch (error) {
    // Only silence is made up for by what was kept: never a manifest that does not fit its board.
    if (!(error instanceof BallotError) || error.trouble !== 'unreachable') throw error;
    return { edition: keptEdition(new URL('/', origin).href), fresh: false };
  }
}
