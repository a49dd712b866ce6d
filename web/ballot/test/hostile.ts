// SPDX-License-Identifier: EUPL-1.2
// Bytes spoilt in every way that a test can think of: cut off, flipped, lengthened, spliced, random. For tests only.

/** A generator of numbers 0 … below − 1 that gives the same ones for the same seed (xorshift32). */
export function numbers(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Every truncation, every `step`-th bit flipped, and so many random mixtures. None equals the original. */
export function* spoilt(bytes: Uint8Array, step: number, mixtures: number, seed = 7): Generator<Uint8Array> {
  for (let length = 0; length < bytes.length; length += Math.max(1, step >> 3)) yield bytes.slice(0, length);
  for (let bit = 0; bit < 8 * bytes.length; bit += step) {
    const one = bytes.slice();
    one[bit >> 3]! ^= 1 << (bit & 7);
    yield one;
  }
  yield new Uint8Array([...bytes, 0]);
  yield new Uint8Array([...bytes, ...bytes]);
  const next = numbers(seed);
  for (let n = 0; n < mixtures; n++) {
    const one = bytes.slice();
    const from = next(one.length);
    const count = 1 + next(Math.min(24, one.length - from));
    if (n % 3 === 0) for (let i = 0; i < count; i++) one[from + i] = next(256);
    if (n % 3 === 1) one.copyWithin(from, next(one.length), next(one.length) + count);
    if (n % 3 === 2) one.fill(next(256), from, from + count);
    if (one.some((byte, i) => byte !== bytes[i])) yield one;
  }
  for (let n = 0; n < mixtures / 4; n++) yield Uint8Array.from({ length: next(300) }, () => next(256));
}
