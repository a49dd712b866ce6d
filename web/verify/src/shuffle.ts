// SPDX-License-Identifier: EUPL-1.2
// Proofs that a list of ciphertexts was permuted and re-encrypted, and nothing else (sections 4.4, 4.5, 11).

import { Batch } from './batch.js';
import { demand, joinAll, pieces } from './bytes.js';
import { decode, fields, keys } from './cbor.js';
import {
  decodeElements,
  decodeScalars,
  encodeElement,
  G,
  generator,
  ORDER,
  sum,
  sumOfMultiples,
  type Point,
  type Term,
} from './group.js';
import { weights, type Transcript } from './transcript.js';

/** One pair (α, β) of a ciphertext. */
export type Pair = readonly [alpha: Point, beta: Point];

/** `points[i][k]` is the pair `k` of ciphertext `i`; `packed` are the bytes of all of them. */
export interface Ciphertexts {
  readonly packed: Uint8Array;
  readonly points: readonly (readonly Pair[])[];
}

/** A packed list of `count` ciphertexts of the width given. */
export function decodeCiphertexts(
  packed: Uint8Array,
  count: number,
  width: number,
  what: string,
): Ciphertexts {
  const points = pieces(packed, 64 * width, count, what).map((ciphertext, i) =>
    decodeCiphertext(ciphertext, width, `ciphertext ${i} of ${what}`),
  );
  return { packed, points };
}

export function decodeCiphertext(packed: Uint8Array, width: number, what: string): Pair[] {
  const elements = decodeElements(packed, 2 * width, what);
  return Array.from({ length: width }, (_, k): Pair => [elements[2 * k]!, elements[2 * k + 1]!]);
}

/** The file `mix/POOL-ROUND.cbor`. Everything but the outputs belongs to the proof. */
export interface ShuffleFile {
  readonly outputs: Ciphertexts;
  readonly proof: ShuffleProof;
}

export interface ShuffleProof {
  readonly permutation: Uint8Array; // C
  readonly chain: Uint8Array; // Ĉ
  readonly chainCommitments: Uint8Array; // T̂
  readonly commitments: Uint8Array; // T_1 T_2 T_3 T_4
  readonly s: Uint8Array; // s_1 s_2 s_3 s_4
  readonly chainS: Uint8Array; // ŝ
  readonly permutationS: Uint8Array; // s'
}

/** The greatest size of a shuffle file of `count` ciphertexts: its byte strings, a few bytes for each head. */
export function shuffleFileSize(count: number, width: number): number {
  return count * (64 * width + 5 * 32) + 96 + 64 * width + 96 + 32 * width + 128;
}

export function decodeShuffleFile(bytes: Uint8Array, count: number, width: number): ShuffleFile {
  const file = fields(decode(bytes), 'the shuffle', keys(0, 8));
  demand(file.get(0) === 'shuffle', 'the file is not a shuffle');
  return {
    outputs: decodeCiphertexts(file.bytes(1, 64 * width * count), count, width, 'the outputs'),
    proof: {
      permutation: file.bytes(2, 32 * count),
      chain: file.bytes(3, 32 * count),
      chainCommitments: file.bytes(4, 32 * count),
      commitments: file.bytes(5, 96 + 64 * width),
      s: file.bytes(6, 96 + 32 * width),
      chainS: file.bytes(7, 32 * count),
      permutationS: file.bytes(8, 32 * count),
    },
  };
}

/** Refuses, naming the equation, unless `proof` shows that `outputs` are a shuffle of `inputs`. */
export async function verifyShuffle(
  transcript: Transcript,
  key: Point,
  inputs: Ciphertexts,
  outputs: Ciphertexts,
  width: number,
  proof: ShuffleProof,
  pause: () => Promise<void> = async () => {},
): Promise<void> {
  const n = inputs.points.length;
  demand(outputs.points.length === n, 'there are not as many outputs as inputs');
  const index = Array.from({ length: n }, (_, i) => i);
  const columns = Array.from({ length: width }, (_, k) => k);

  const C = decodeElements(proof.permutation, n, 'C');
  const chain = decodeElements(proof.chain, n, 'Ĉ');
  const chainT = decodeElements(proof.chainCommitments, n, 'T̂');
  await pause();
  const T = decodeElements(proof.commitments.subarray(0, 96), 3, 'T_1 T_2 T_3');
  const T4 = decodeCiphertext(proof.commitments.subarray(96), width, 'T_4');
  const [s1, s2, s3] = decodeScalars(proof.s.subarray(0, 96), 3, 's_1 s_2 s_3') as [bigint, bigint, bigint];
  const s4 = decodeScalars(proof.s.subarray(96), width, 's_4');
  const chainS = decodeScalars(proof.chainS, n, 'ŝ');
  const sPrime = decodeScalars(proof.permutationS, n, "s'");

  transcript
    .append('key', encodeElement(key))
    .append('count', n)
    .append('width', width)
    .append('inputs', inputs.packed)
    .append('outputs', outputs.packed)
    .append('permutation', proof.permutation);
  const u = weights(transcript.challengeSeed('u'), n);
  transcript
    .append('chain', proof.chain)
    .append('commitments', proof.commitments)
    .append('chain commitments', proof.chainCommitments);
  const c = transcript.challengeScalar('c');

  // H[0] is the start of the chain, H[1] … H[n] belong to the ciphertexts; Ĉ_0 = H_0.
  const H = Array.from({ length: n + 1 }, (_, i) => generator(i));
  await pause();
  const chainFrom0 = [H[0]!, ...chain];

  const check = async (name: string, terms: readonly Term[]): Promise<void> => {
    demand(sumOfMultiples(terms).is0(), `equation (${name}) of the shuffle proof does not hold`);
    await pause();
  };
  await check('1', [
    [s1, G],
    [-1n, T[0]!],
    [-c, sum(C)],
    [c, sum(H.slice(1))],
  ]);
  await check('2', [
    [s2, G],
    [-1n, T[1]!],
    [-c, chainFrom0[n]!],
    [c * u.reduce((product, factor) => (product * factor) % ORDER, 1n), H[0]!],
  ]);
  await check('3', [
    [s3, G],
    [-1n, T[2]!],
    ...index.map((i): Term => [sPrime[i]!, H[i + 1]!]),
    ...index.map((i): Term => [-c * u[i]!, C[i]!]),
  ]);
  for (const k of columns) {
    for (const part of [0, 1] as const) {
      await check('4', [
        [-s4[k]!, part === 0 ? G : key],
        [-1n, T4[k]![part]],
        ...index.map((i): Term => [sPrime[i]!, outputs.points[i]![k]![part]]),
        ...index.map((i): Term => [-c * u[i]!, inputs.points[i]![k]![part]]),
      ]);
    }
  }
  const links = new Batch<number>();
  for (const i of index) {
    links.add(i + 1, [
      [chainS[i]!, G],
      [sPrime[i]!, chainFrom0[i]!],
      [-1n, chainT[i]!],
      [-c, chain[i]!],
    ]);
  }
  const broken = links.test();
  demand(broken === undefined, `equation (5) of the shuffle proof does not hold for i = ${broken}`);
}

/** The concatenation of ciphertexts that are packed one by one. */
export function joinCiphertexts(
  list: readonly { packed: Uint8Array; points: readonly Pair[] }[],
): Ciphertexts {
  return { packed: joinAll(list.map((one) => one.packed)), points: list.map((one) => one.points) };
}
