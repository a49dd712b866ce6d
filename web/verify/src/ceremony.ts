// SPDX-License-Identifier: EUPL-1.2
// The trustees' key: commitments, dealings, acceptances (section 8).

import { at, demandSignature, type Entries } from './entries.js';
import { demand, equalBytes, hash, join, pieces } from './bytes.js';
import { fields, keys, type Fields } from './cbor.js';
import {
  decodeElement,
  decodeElements,
  encodeElement,
  multiply,
  sum,
  sumOfMultiples,
  type Point,
} from './group.js';
import { knowledgeEquations } from './knowledge.js';
import { verifyPossession, type Manifest } from './manifest.js';
import { Transcript } from './transcript.js';

export interface TrusteesKey {
  /** The joint key `Y`. */
  readonly jointKey: Point;
  /** The verification key `Y_j` of trustee `j` is `verificationKeys[j − 1]`. */
  readonly verificationKeys: readonly Point[];
}

export function verifyCeremony(entries: Entries, manifest: Manifest): TrusteesKey {
  const { trustees, threshold, hash: edition } = manifest;
  for (const card of trustees) {
    at({ entry: 0 }, () =>
      demand(verifyPossession(card), `the proof of possession of "${card.name}" does not hold`),
    );
  }

  const commitments = trustees.map((card, i) =>
    entries.take('dealing-commitment', (entry) => {
      const f = fields(entry.map, 'the commitment', keys(0, 4));
      demandTrustee(f, i + 1);
      const commitment = f.bytes(3, 32);
      demandSignature(entry, edition, card.signingKey, `trustee ${i + 1}`);
      return commitment;
    }),
  );

  const dealings = trustees.map((card, i) =>
    entries.take('dealing', (entry) => {
      demand(equalBytes(hash(entry.bytes), commitments[i]!), 'the dealing is not the one committed to');
      const f = fields(entry.map, 'the dealing', keys(0, 6));
      demandTrustee(f, i + 1);
      const coefficients = decodeElements(f.bytes(3, 32 * threshold), threshold, 'the coefficients');
      const transcript = new Transcript('dealing').append('edition', edition).append('trustee', i + 1);
      demand(
        knowledgeEquations(transcript, [coefficients[0]!], f.bytes(4, 64)).every((terms) =>
          sumOfMultiples(terms).is0(),
        ),
        'the proof of knowledge of the dealing does not hold',
      );
      for (const share of pieces(f.bytes(5, 64 * trustees.length), 64, trustees.length, 'the shares')) {
        decodeElement(share.subarray(0, 32), 'the ephemeral key of a share');
      }
      demandSignature(entry, edition, card.signingKey, `trustee ${i + 1}`);
      return { coefficients, hash: entry.hash };
    }),
  );

  const jointKey = sum(dealings.map(({ coefficients }) => coefficients[0]!));
  demand(!jointKey.is0(), 'the joint key is the identity');
  const joined = hash(join(...dealings.map((dealing) => dealing.hash)));

  for (const [i, card] of trustees.entries()) {
    entries.take('acceptance', (entry) => {
      const f = fields(entry.map, 'the acceptance', keys(0, 5));
      demandTrustee(f, i + 1);
      demand(equalBytes(f.bytes(3, 32), joined), 'the acceptance is of other dealings');
      demand(equalBytes(f.bytes(4, 32), encodeElement(jointKey)), 'the acceptance names another joint key');
      demandSignature(entry, edition, card.signingKey, `trustee ${i + 1}`);
    });
  }

  // Σ_i A_{i,k} for every k: the commitments to the polynomial that all dealings together share.
  const common = Array.from({ length: threshold }, (_, k) =>
    sum(dealings.map(({ coefficients }) => coefficients[k]!)),
  );
  const verificationKeys = trustees.map((_, i) =>
    common.reduceRight((value, coefficient) => multiply(BigInt(i + 1), value).add(coefficient)),
  );
  for (const [i, key] of verificationKeys.entries()) {
    demand(!key.is0(), `the verification key of trustee ${i + 1} is the identity`);
  }
  return { jointKey, verificationKeys };
}

function demandTrustee(f: Fields, trustee: number): void {
  demand(f.uint(2) === trustee, `${f.what} is not of trustee ${trustee}, whose turn it is`, 'order');
}
