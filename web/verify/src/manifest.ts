// SPDX-License-Identifier: EUPL-1.2
// The edition manifest with its keys as elements of the group (section 5).

import { demand, equalBytes, hex, utf8 } from './bytes.js';
import { decodeElement, sumOfMultiples, type Point } from './group.js';
import { knowledgeEquations } from './knowledge.js';
import { readManifest, type CardOf, type ManifestForm, type ManifestOf } from './manifest-form.js';
import { Transcript } from './transcript.js';

export * from './manifest-form.js';
export type Card = CardOf<Point>;
export type Manifest = ManifestOf<Point>;

/** Reads the file. */
export function decodeManifest(file: Uint8Array): Manifest {
  return decodeKeys(readManifest(file));
}

/** Reads the keys of a manifest of which only the file was read. */
export function decodeKeys(manifest: ManifestForm): Manifest {
  const officials = manifest.officials.map((key) => decodeElement(key, "an official's key"));
  const trustees = manifest.trustees.map((card) => ({
    ...card,
    signingKey: decodeElement(card.signingKey, "a trustee's signing key"),
    receivingKey: decodeElement(card.receivingKey, "a trustee's receiving key"),
  }));
  const registrarKey = decodeElement(manifest.registrarKey, "the registrar's key");
  return { ...manifest, officials, trustees, registrarKey };
}

/** Whether the trustee of the card showed that both secret keys are known. */
export function verifyPossession(card: Card): boolean {
  const transcript = new Transcript('possession').append('name', utf8(card.name));
  return knowledgeEquations(transcript, [card.signingKey, card.receivingKey], card.proof).every((terms) =>
    sumOfMultiples(terms).is0(),
  );
}

/** Refuses unless the manifest is the one that the person who verifies expects. */
export function demandManifestHash(manifest: Manifest, expected: Uint8Array): void {
  demand(
    equalBytes(manifest.hash, expected),
    `the manifest's hash is ${hex(manifest.hash)}, expected was ${hex(expected)}`,
    'otherManifest',
  );
}
