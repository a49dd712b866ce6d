// SPDX-License-Identifier: EUPL-1.2
// Schnorr signatures and signed structures (section 4.1).

import { decodeElement, decodeScalar, encodeElement, G, type Point, type Term } from './group.js';
import { demand, utf8 } from './bytes.js';
import { encode, type CborMap } from './cbor.js';
import { Transcript } from './transcript.js';

/** The equation `s G − R − e X = 0` that a valid signature satisfies. */
export function signatureEquation(transcript: Transcript, key: Point, signature: Uint8Array): Term[] {
  demand(signature.length === 64, `a signature has ${signature.length} bytes instead of 64`);
  const commitment = decodeElement(signature.subarray(0, 32), 'the commitment of a signature');
  const s = decodeScalar(signature.subarray(32), 'the number of a signature');
  transcript.append('key', encodeElement(key)).append('commitment', signature.subarray(0, 32));
  const e = transcript.challengeScalar('e');
  return [
    [s, G],
    [-1n, commitment],
    [-e, key],
  ];
}

/** The transcript over which a structure of the kind given is signed: `map` without its last field, the signature. */
export function structureTranscript(edition: Uint8Array, kind: string, map: CborMap): Transcript {
  const body = new Map([...map].slice(0, -1));
  return new Transcript('signature')
    .append('edition', edition)
    .append('kind', utf8(kind))
    .append('body', encode(body));
}
