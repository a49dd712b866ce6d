// SPDX-License-Identifier: EUPL-1.2
// Proves what the verifier verifies. For tests only: nothing here runs in constant time or wipes a secret.

import { randomBytes } from '@noble/hashes/utils';
import { join, littleEndian } from '../src/bytes.js';
import {
  encodeElement,
  G,
  generator,
  modulo,
  multiply,
  ORDER,
  sumOfMultiples,
  type Point,
  type Term,
} from '../src/group.js';
import { decodeCiphertexts, type Ciphertexts, type Pair, type ShuffleProof } from '../src/shuffle.js';
import { weights, type Transcript } from '../src/transcript.js';

export interface KeyPair {
  readonly secret: bigint;
  readonly key: Point;
}

export const randomScalar = (): bigint => modulo(littleEndian(randomBytes(64)));
export const timesG = (scalar: bigint): Point => (scalar === 0n ? G.subtract(G) : G.multiply(scalar));
export const newKey = (): KeyPair => {
  const secret = randomScalar();
  return { secret, key: timesG(secret) };
};

export function encodeScalar(scalar: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((modulo(scalar) >> BigInt(8 * i)) & 255n));
}

export function packElements(points: readonly Point[]): Uint8Array {
  return join(...points.map(encodeElement));
}

export function packScalars(scalars: readonly bigint[]): Uint8Array {
  return join(...scalars.map(encodeScalar));
}

export function sign(transcript: Transcript, { secret, key }: KeyPair): Uint8Array {
  const k = randomScalar();
  const R = encodeElement(timesG(k));
  transcript.append('key', encodeElement(key)).append('commitment', R);
  return join(R, encodeScalar(k + transcript.challengeScalar('e') * secret));
}

export function proveKnowledge(transcript: Transcript, keys: readonly KeyPair[]): Uint8Array {
  const kappa = keys.map(randomScalar);
  const commitments = packElements(kappa.map(timesG));
  transcript.append('elements', packElements(keys.map(({ key }) => key))).append('commitments', commitments);
  const c = transcript.challengeScalar('c');
  return join(commitments, packScalars(keys.map(({ secret }, k) => kappa[k]! + c * secret)));
}

/** The images of the bases, and the proof. */
export function proveEquality(
  transcript: Transcript,
  { secret, key }: KeyPair,
  bases: readonly Point[],
): { images: Point[]; proof: Uint8Array } {
  const images = bases.map((base) => multiply(secret, base));
  transcript
    .append('key', encodeElement(key))
    .append('bases', packElements(bases))
    .append('images', packElements(images));
  const w = weights(transcript.challengeSeed('weights'), bases.length);
  const A = sumOfMultiples(bases.map((base, i): Term => [w[i]!, base]));
  const kappa = randomScalar();
  const commitments = packElements([timesG(kappa), multiply(kappa, A)]);
  const c = transcript.append('commitments', commitments).challengeScalar('c');
  return { images, proof: join(commitments, encodeScalar(kappa + c * secret)) };
}

export function encrypt(key: Point, message: Point, r: bigint): Pair {
  return [timesG(r), message.add(multiply(r, key))];
}

/** Shuffles with a random permutation. */
export function proveShuffle(
  transcript: Transcript,
  key: Point,
  inputs: Ciphertexts,
  width: number,
): { outputs: Ciphertexts; proof: ShuffleProof } {
  const n = inputs.points.length;
  const index = Array.from({ length: n }, (_, i) => i);
  const columns = Array.from({ length: width }, (_, k) => k);
  const j = permutation(n);
  const rPrime = index.map(() => columns.map(randomScalar));
  const outputPoints = index.map((i) =>
    columns.map((k): Pair => {
      const [alpha, beta] = inputs.points[j[i]!]![k]!;
      return [alpha.add(timesG(rPrime[i]![k]!)), beta.add(multiply(rPrime[i]![k]!, key))];
    }),
  );
  const outputs = decodeCiphertexts(packElements(outputPoints.flat(2)), n, width, 'the outputs');

  const H = Array.from({ length: n + 1 }, (_, i) => generator(i));
  const rho = index.map(randomScalar);
  const C: Point[] = [];
  for (const i of index) C[j[i]!] = timesG(rho[j[i]!]!).add(H[i + 1]!);
  transcript
    .append('key', encodeElement(key))
    .append('count', n)
    .append('width', width)
    .append('inputs', inputs.packed)
    .append('outputs', outputs.packed)
    .append('permutation', packElements(C));
  const u = weights(transcript.challengeSeed('u'), n);
  const uPrime = index.map((i) => u[j[i]!]!);

  const rhoHat = index.map(randomScalar);
  const chain = [H[0]!];
  for (const i of index) chain.push(timesG(rhoHat[i]!).add(multiply(uPrime[i]!, chain[i]!)));
  transcript.append('chain', packElements(chain.slice(1)));

  const [omega1, omega2, omega3] = [randomScalar(), randomScalar(), randomScalar()];
  const omega4 = columns.map(randomScalar);
  const omegaHat = index.map(randomScalar);
  const omegaPrime = index.map(randomScalar);
  const T3 = sumOfMultiples([[omega3, G], ...index.map((i): Term => [omegaPrime[i]!, H[i + 1]!])]);
  const T4 = columns.flatMap((k) =>
    ([0, 1] as const).map((part) =>
      sumOfMultiples([
        [-omega4[k]!, part === 0 ? G : key],
        ...index.map((i): Term => [omegaPrime[i]!, outputs.points[i]![k]![part]]),
      ]),
    ),
  );
  const commitments = packElements([timesG(omega1), timesG(omega2), T3, ...T4]);
  const chainCommitments = packElements(
    index.map((i) => timesG(omegaHat[i]!).add(multiply(omegaPrime[i]!, chain[i]!))),
  );
  transcript.append('commitments', commitments).append('chain commitments', chainCommitments);
  const c = transcript.challengeScalar('c');

  let product = 1n;
  let chainSum = 0n;
  for (const i of [...index].reverse()) {
    chainSum += rhoHat[i]! * product;
    product = (product * uPrime[i]!) % ORDER;
  }
  const total = (terms: readonly bigint[]): bigint => terms.reduce((sum, term) => sum + term, 0n);
  const s = [
    omega1 + c * total(rho),
    omega2 + c * chainSum,
    omega3 + c * total(index.map((i) => rho[i]! * u[i]!)),
    ...columns.map((k) => omega4[k]! + c * total(index.map((i) => uPrime[i]! * rPrime[i]![k]!))),
  ];
  return {
    outputs,
    proof: {
      permutation: packElements(C),
      chain: packElements(chain.slice(1)),
      chainCommitments,
      commitments,
      s: packScalars(s),
      chainS: packScalars(index.map((i) => omegaHat[i]! + c * rhoHat[i]!)),
      permutationS: packScalars(index.map((i) => omegaPrime[i]! + c * uPrime[i]!)),
    },
  };
}

function permutation(n: number): number[] {
  const result = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const k = Number(littleEndian(randomBytes(8)) % BigInt(i + 1));
    [result[i], result[k]] = [result[k]!, result[i]!];
  }
  return result;
}
