// SPDX-License-Identifier: EUPL-1.2
// Proofs that the logarithms of elements are known (section 4.2).

import { decodeElements, decodeScalars, encodeElement, G, type Point, type Term } from './group.js';
import { demand, joinAll } from './bytes.js';
import type { Transcript } from './transcript.js';

/** The equations `s_k G − T_k − c X_k = 0`, one for each element, that a valid proof satisfies. */
export function knowledgeEquations(
  transcript: Transcript,
  elements: readonly Point[],
  proof: Uint8Array,
): Term[][] {
  const m = elements.length;
  demand(proof.length === 64 * m, `a proof of knowledge has ${proof.length} bytes instead of ${64 * m}`);
  const packedCommitments = proof.subarray(0, 32 * m);
  const commitments = decodeElements(packedCommitments, m, 'the commitments of a proof of knowledge');
  const s = decodeScalars(proof.subarray(32 * m), m, 'the numbers of a proof of knowledge');
  transcript.append('elements', joinAll(elements.map(encodeElement)));
  transcript.append('commitments', packedCommitments);
  const c = transcript.challengeScalar('c');
  return elements.map((element, k): Term[] => [
    [s[k]!, G],
    [-1n, commitments[k]!],
    [-c, element],
  ]);
}
