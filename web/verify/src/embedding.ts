// SPDX-License-Identifier: EUPL-1.2
// 29 bytes as an element of the group, and back (section 6.3); the content of a ballot as such elements.

import {
  INVALID,
  packBallot,
  unpackBallot,
  type BallotRule,
  type Content,
  type Plaintext,
} from './ballot-content.js';
import { Malformed } from './bytes.js';
import { isEncoding } from './group.js';

function candidate(data: Uint8Array, k: number): Uint8Array {
  const encoding = new Uint8Array(32);
  encoding[0] = (2 * k) & 255;
  encoding[1] = (2 * k) >> 8;
  encoding.set(data, 2);
  return encoding;
}

/** The encoding of the element for 29 bytes: that of the smallest counter which gives an element. */
export function embed(data: Uint8Array): Uint8Array {
  for (let k = 1; k <= 255; k++) {
    const encoding = candidate(data, k);
    if (isEncoding(encoding)) return encoding;
  }
  throw new Malformed('no counter gives an element');
}

/** The 29 bytes that the encoding of an element holds, or why it holds none. */
export function extract(encoding: Uint8Array): Uint8Array | 'encoding' | 'counter' {
  const doubled = encoding[0]! + 256 * encoding[1]!;
  if (doubled % 2 !== 0 || doubled < 2 || doubled > 510 || encoding[31] !== 0) return 'encoding';
  const data = encoding.slice(2, 31);
  for (let k = 1; k < doubled / 2; k++) if (isEncoding(candidate(data, k))) return 'counter';
  return data;
}

/** Reads the encodings of the `w` elements of a plaintext. */
export function readPlaintext(
  rule: BallotRule,
  costs: readonly number[],
  elements: readonly Uint8Array[],
): Plaintext {
  const bytes = new Uint8Array(29 * elements.length);
  for (const [i, element] of elements.entries()) {
    const data = extract(element);
    if (data === 'encoding' || data === 'counter') return { invalid: INVALID[data] };
    bytes.set(data, 29 * i);
  }
  return unpackBallot(rule, costs, bytes);
}

/** The encodings of the elements of a content. */
export function embedBallot(rule: BallotRule, projects: number, content: Content): Uint8Array[] {
  const bytes = packBallot(rule, projects, content);
  return Array.from({ length: bytes.length / 29 }, (_, i) => embed(bytes.subarray(29 * i, 29 * i + 29)));
}
