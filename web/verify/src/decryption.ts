// SPDX-License-Identifier: EUPL-1.2
// Decryption: every trustee's shares, the plaintexts and the tie seed (section 12).

import { be64, demand, equalBytes, hash, join, joinAll, pieces, utf8 } from './bytes.js';
import { decode, fields, keys } from './cbor.js';
import { verifyEquality, type PackedPoints } from './equality.js';
import { atAsync } from './entries.js';
import {
  decodeElements,
  encodeElement,
  hashToGroup,
  inverse,
  modulo,
  sumOfMultiples,
  type Point,
  type Term,
} from './group.js';
import type { Manifest, Pool } from './manifest.js';
import { readClaimed, type ReadFile } from './mix.js';
import type { Ciphertexts } from './shuffle.js';
import type { FileClaim } from './tally.js';
import { Transcript } from './transcript.js';

export const decryptionPath = (pool: number, trustee: number): string => `decryption/${pool}-${trustee}.cbor`;
export const plaintextsPath = (pool: number): string => `plaintexts/${pool}.bin`;

export interface Decrypted {
  /** Encodings of the message elements, `w` for each ballot. */
  readonly plaintexts: readonly (readonly Uint8Array[])[];
  readonly tieSeed: Uint8Array;
  readonly fileHash: Uint8Array;
}

/** `A_0`, of which the multiple by the trustees' common secret is the seed of ties. */
export function tieBase(pool: number, edition: Uint8Array): Point {
  return hashToGroup(be64(pool), join(utf8('urna/1 tie '), edition));
}

/** The factor `λ_j` of each of the trustees given. */
export function lagrange(trustees: readonly number[]): bigint[] {
  return trustees.map((j) =>
    trustees
      .filter((m) => m !== j)
      .reduce((product, m) => modulo(product * BigInt(m) * inverse(modulo(BigInt(m - j)))), 1n),
  );
}

export async function verifyDecryption(
  manifest: Manifest,
  verificationKeys: readonly Point[],
  pool: Pool,
  list: Ciphertexts,
  decryptions: readonly FileClaim[],
  read: ReadFile,
  progress: () => Promise<void>,
): Promise<Decrypted> {
  const { width } = pool;
  const pairs = list.points.flat();
  const base = tieBase(pool.number, manifest.hash);
  const bases: PackedPoints = {
    points: [base, ...pairs.map(([alpha]) => alpha)],
    packed: joinAll([
      encodeElement(base),
      ...pieces(list.packed, 64, pairs.length, 'the list').map((pair) => pair.subarray(0, 32)),
    ]),
  };

  const shares: (readonly Point[])[] = [];
  for (const decryption of decryptions) {
    const { trustee } = decryption;
    const path = decryptionPath(pool.number, trustee);
    await atAsync({ entry: decryption.entry.index, file: path }, async () => {
      const count = pairs.length + 1;
      const bytes = await readClaimed(path, decryption, 32 * count + 96 + 64, read);
      const f = fields(decode(bytes), 'the file', keys(0, 2));
      demand(f.get(0) === 'shares', 'the file does not hold shares');
      const packed = f.bytes(1, 32 * count);
      const images: PackedPoints = { packed, points: decodeElements(packed, count, 'the shares') };
      await progress();
      const transcript = new Transcript('decryption')
        .append('edition', manifest.hash)
        .append('pool', pool.number)
        .append('trustee', trustee);
      const holds = verifyEquality(transcript, verificationKeys[trustee - 1]!, bases, images, f.bytes(2, 96));
      demand(holds, `the proof of decryption of trustee ${trustee} does not hold`);
      shares.push(images.points);
      await progress();
    });
  }

  const combining = decryptions.slice(0, manifest.threshold);
  const factors = lagrange(combining.map(({ trustee }) => trustee));
  const combine = (i: number): Term[] => combining.map((_, j): Term => [factors[j]!, shares[j]![i]!]);
  const elements: Uint8Array[] = [];
  for (const [i, [, beta]] of pairs.entries()) {
    elements.push(encodeElement(beta.subtract(sumOfMultiples(combine(i + 1)))));
    if (i % 256 === 0) await progress();
  }

  const path = plaintextsPath(pool.number);
  const fileHash = await atAsync({ file: path }, async () => {
    const file = await read(path, 32 * elements.length);
    demand(equalBytes(file, joinAll(elements)), 'the plaintexts are not what the shares decrypt to');
    return hash(file);
  });
  return {
    plaintexts: list.points.map((_, i) => elements.slice(i * width, (i + 1) * width)),
    tieSeed: hash(encodeElement(sumOfMultiples(combine(0)))),
    fileHash,
  };
}
