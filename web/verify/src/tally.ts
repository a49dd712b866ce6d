// SPDX-License-Identifier: EUPL-1.2
// The last phase of the board: for each pool its mixes, decryptions and result, or that it is withheld (section 7).

import { fields, keys } from './cbor.js';
import { demand } from './bytes.js';
import { at, demandSignature, placeOf, Refusal, type Entries, type Entry } from './entries.js';
import type { Manifest } from './manifest.js';
import { decodeResult, type Result } from './result.js';
import type { Step } from './report.js';

export interface FileClaim {
  readonly entry: Entry;
  readonly trustee: number;
  readonly hash: Uint8Array;
  readonly size: number;
}

export interface PoolEntries {
  withheld: boolean;
  /** Round `m` is `mixes[m − 1]`. */
  readonly mixes: FileClaim[];
  readonly decryptions: FileClaim[];
  result: { readonly entry: Entry; readonly result: Result } | undefined;
}

export interface Tally {
  readonly pools: readonly PoolEntries[];
  /** What is wrong with the entries themselves, and the step in which that is to be reported. */
  readonly failure: { readonly step: Step; readonly refusal: Refusal } | undefined;
}

/** Reads the entries up to the end or to the first that is malformed, unsigned or out of its phase. */
export function readTally(
  entries: Entries,
  manifest: Manifest,
  counted: readonly { length: number }[],
): Tally {
  const pools = manifest.pools.map(
    (): PoolEntries => ({ withheld: false, mixes: [], decryptions: [], result: undefined }),
  );
  let step: Step = 'mix';
  try {
    for (;;) {
      const entry = entries.peek();
      if (entry === undefined) break;
      readEntry(entry, manifest, pools, counted);
      entries.position++;
    }
    for (const [pool, { withheld, mixes, decryptions, result }] of pools.entries()) {
      if (withheld || result) continue;
      const { threshold } = manifest;
      step = mixes.length < threshold ? 'mix' : decryptions.length < threshold ? 'decryption' : 'result';
      throw new Refusal(`pool ${pool} has no result`, { entry: entries.position }, 'incomplete');
    }
  } catch (error) {
    if (error instanceof Refusal)
      return { pools, failure: { step: error.place.step ?? step, refusal: error } };
    throw error;
  }
  return { pools, failure: undefined };
}

function readEntry(
  entry: Entry,
  manifest: Manifest,
  pools: readonly PoolEntries[],
  counted: readonly { length: number }[],
): void {
  at(placeOf(entry.index, entry.bytes), () => {
    const kinds = { withheld: keys(0, 3), mix: keys(0, 7), decryption: keys(0, 6), result: keys(0, 10) };
    demand(
      Object.hasOwn(kinds, entry.kind),
      `the entry is "${entry.kind}", which cannot stand here`,
      'order',
    );
    const kind = entry.kind as keyof typeof kinds;
    const f = fields(entry.map, `the entry "${kind}"`, kinds[kind]);
    const number = f.uint(2, 0, pools.length - 1);
    const pool = pools[number]!;
    const { mixes, decryptions } = pool;
    demand(!pool.withheld && !pool.result, `pool ${number} was finished before`, 'order');
    const small = counted[number]!.length < manifest.privacyMinimum;
    if (kind === 'withheld') {
      demand(mixes.length === 0, `pool ${number} was mixed, so it cannot be withheld`, 'order');
      demand(small, `pool ${number} has enough ballots and must be opened`);
      demand(f.uint(3) === counted[number]!.length, 'the entry names another number of ballots');
      pool.withheld = true;
      return;
    }
    demand(!small, `pool ${number} has too few ballots to be opened`);
    if (kind === 'result') {
      demand(decryptions.length >= manifest.threshold, `too few trustees decrypted pool ${number}`, 'order');
      pool.result = { entry, result: decodeResult(entry.map, manifest.pools) };
      return;
    }
    const first = kind === 'mix' ? 4 : 3;
    const trustee = f.uint(first, 1, manifest.trustees.length);
    const claim = { entry, trustee, hash: f.bytes(first + 1, 32), size: f.uint(first + 2) };
    if (kind === 'mix') {
      demand(decryptions.length === 0, `pool ${number} was decrypted before this mix`, 'order');
      demand(
        f.uint(3) === mixes.length + 1,
        `the round is ${f.uint(3)} and should be ${mixes.length + 1}`,
        'order',
      );
      demand(
        mixes.every((mix) => mix.trustee !== trustee),
        `trustee ${trustee} mixed pool ${number} before`,
        'tooFewMixes',
      );
      mixes.push(claim);
    } else {
      demand(mixes.length >= manifest.threshold, `pool ${number} was mixed too seldom`, 'tooFewMixes');
      demand(
        trustee > (decryptions.at(-1)?.trustee ?? 0),
        'the trustees of the decryptions do not ascend',
        'order',
      );
      decryptions.push(claim);
    }
    demandSignature(entry, manifest.hash, manifest.trustees[trustee - 1]!.signingKey, `trustee ${trustee}`);
  });
}
