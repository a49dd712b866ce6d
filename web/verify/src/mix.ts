// SPDX-License-Identifier: EUPL-1.2
// Mixing: every round of a pool (section 11).

import type { Ballot } from './ballots.js';
import { demand, equalBytes, hash } from './bytes.js';
import { atAsync } from './entries.js';
import type { Point } from './group.js';
import type { Manifest, Pool } from './manifest.js';
import {
  decodeShuffleFile,
  joinCiphertexts,
  shuffleFileSize,
  verifyShuffle,
  type Ciphertexts,
} from './shuffle.js';
import type { FileClaim } from './tally.js';
import { Transcript } from './transcript.js';

export type ReadFile = (path: string, limit: number) => Promise<Uint8Array>;

export const mixPath = (pool: number, round: number): string => `mix/${pool}-${round}.cbor`;

/** Verifies all rounds of a pool and returns the last list. */
export async function verifyMixes(
  manifest: Manifest,
  jointKey: Point,
  pool: Pool,
  counted: readonly Ballot[],
  mixes: readonly FileClaim[],
  read: ReadFile,
  progress: (round: number) => Promise<void>,
): Promise<Ciphertexts> {
  let list = joinCiphertexts(counted);
  for (const [i, mix] of mixes.entries()) {
    const round = i + 1;
    const path = mixPath(pool.number, round);
    list = await atAsync({ entry: mix.entry.index, file: path }, async () => {
      const bytes = await readClaimed(path, mix, shuffleFileSize(counted.length, pool.width), read);
      const shuffle = decodeShuffleFile(bytes, counted.length, pool.width);
      const transcript = new Transcript('shuffle')
        .append('edition', manifest.hash)
        .append('pool', pool.number)
        .append('round', round)
        .append('trustee', mix.trustee);
      await verifyShuffle(transcript, jointKey, list, shuffle.outputs, pool.width, shuffle.proof, () =>
        progress(round),
      );
      return shuffle.outputs;
    });
  }
  return list;
}

/** The file that an entry names by hash and size. */
export async function readClaimed(
  path: string,
  claim: FileClaim,
  limit: number,
  read: ReadFile,
): Promise<Uint8Array> {
  demand(claim.size <= limit, `the entry says ${claim.size} bytes, more than the ${limit} the file can have`);
  const bytes = await read(path, limit);
  demand(bytes.length === claim.size, `the file has ${bytes.length} bytes, the entry says ${claim.size}`);
  demand(equalBytes(hash(bytes), claim.hash), 'the file is not the one whose hash the entry gives');
  return bytes;
}
