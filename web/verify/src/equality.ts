// SPDX-License-Identifier: EUPL-1.2
// Proofs that many elements are multiples by the same number (section 4.3).

import { decodeElement, decodeScalar, encodeElement, G, sumOfMultiples, type Point } from './group.js';
import { demand } from './bytes.js';
import { weights, type Transcript } from './transcript.js';

/** A list of elements together with its packed form. */
export interface PackedPoints {
  readonly packed: Uint8Array;
  readonly points: readonly Point[];
}

/** Whether `proof` shows that one `x` satisfies `key = x G` and `images_i = x bases_i` for all `i`. */
export function verifyEquality(
  transcript: Transcript,
  key: Point,
  bases: PackedPoints,
  images: PackedPoints,
  proof: Uint8Array,
): boolean {
  demand(bases.points.length === images.points.length, 'there are not as many images as bases');
  demand(proof.length === 96, `a proof of equality has ${proof.length} bytes instead of 96`);
  const commitmentG = decodeElement(proof.subarray(0, 32), 'the first commitment of a proof of equality');
  const commitmentA = decodeElement(proof.subarray(32, 64), 'the second commitment of a proof of equality');
  const s = decodeScalar(proof.subarray(64), 'the number of a proof of equality');

  transcript.append('key', encodeElement(key)).append('bases', bases.packed).append('images', images.packed);
  const w = weights(transcript.challengeSeed('weights'), bases.points.length);
  const base = sumOfMultiples(bases.points.map((point, i) => [w[i]!, point]));
  const image = sumOfMultiples(images.points.map((point, i) => [w[i]!, point]));

  transcript.append('commitments', proof.subarray(0, 64));
  const c = transcript.challengeScalar('c');
  const first = sumOfMultiples([
    [s, G],
    [-1n, commitmentG],
    [-c, key],
  ]);
  const second = sumOfMultiples([
    [s, base],
    [-1n, commitmentA],
    [-c, image],
  ]);
  return first.is0() && second.is0();
}
