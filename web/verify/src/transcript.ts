// SPDX-License-Identifier: EUPL-1.2
// The transcript from which every challenge comes, and small numbers from a seed (sections 3.3 and 3.4).

import { sha512 } from '@noble/hashes/sha2';
import { be64, frame, join, littleEndian, utf8 } from './bytes.js';
import { ORDER } from './group.js';

const APPEND = new Uint8Array([0]);
const CHALLENGE = new Uint8Array([1]);

export class Transcript {
  // The hash of the growing string S; a copy of it is finished for every challenge.
  private state = sha512.create();

  constructor(label: string) {
    this.state.update(frame(utf8('urna/1'))).update(frame(utf8(label)));
  }

  /** A transcript that goes on from here by itself. */
  copy(): Transcript {
    const copied = new Transcript('');
    copied.state = this.state.clone();
    return copied;
  }

  append(name: string, data: Uint8Array | number): this {
    this.state.update(APPEND).update(frame(utf8(name)));
    this.state.update(frame(typeof data === 'number' ? be64(data) : data));
    return this;
  }

  /** 64 bytes that depend on everything so far. */
  challenge(name: string): Uint8Array {
    this.state.update(CHALLENGE).update(frame(utf8(name)));
    return this.state.clone().digest();
  }

  challengeScalar(name: string): bigint {
    return littleEndian(this.challenge(name)) % ORDER;
  }

  challengeSeed(name: string): Uint8Array {
    return this.challenge(name).slice(0, 32);
  }
}

/** `weight(seed, 0) … weight(seed, count − 1)`, numbers of 128 bits. */
export function weights(seed: Uint8Array, count: number): bigint[] {
  const result: bigint[] = [];
  for (let block = 0; result.length < count; block++) {
    const digest = sha512(join(seed, be64(block)));
    for (let i = 0; i < 4 && result.length < count; i++) {
      result.push(littleEndian(digest.subarray(16 * i, 16 * i + 16)));
    }
  }
  return result;
}

/** `weight(seed, i)`. */
export function weight(seed: Uint8Array, i: number): bigint {
  const digest = sha512(join(seed, be64(Math.floor(i / 4))));
  return littleEndian(digest.subarray(16 * (i % 4), 16 * (i % 4) + 16));
}
