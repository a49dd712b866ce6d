// SPDX-License-Identifier: EUPL-1.2
// Bit strings, most significant bit first (section 6.2).

/** The bits `from … to − 1` of `bytes`, counted from the left. */
export function readBits(bytes: Uint8Array, from: number, to = 8 * bytes.length): number[] {
  const result: number[] = [];
  for (let i = from; i < to; i++) result.push((bytes[i >> 3]! >> (7 - (i & 7))) & 1);
  return result;
}

/** The values, each written with its width, filled up with zeros to `length` bytes. */
export function concatBits(
  parts: readonly (readonly [value: number, width: number])[],
  length: number,
): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const [value, width] of parts) {
    for (let i = width - 1; i >= 0; i--, at++) {
      if ((value >> i) & 1) bytes[at >> 3]! |= 1 << (7 - (at & 7));
    }
  }
  return bytes;
}
