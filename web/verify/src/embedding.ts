// SPDX-License-Identifier: EUPL-1.2
// 29 bytes as an element of the group, and back (section 6.3).

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
