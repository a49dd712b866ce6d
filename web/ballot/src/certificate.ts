// SPDX-License-Identifier: EUPL-1.2
// The voter's key and what the registrar certifies about it (section 9.2).

import { ascending, decode, fields, keys, type CborMap } from '../../verify/src/cbor.js';
import { demand, hex, littleEndian } from '../../verify/src/bytes.js';
import { decodeElement, encodeElement, G, sumOfMultiples } from '../../verify/src/group.js';
import { signatureEquation, structureTranscript } from '../../verify/src/signature.js';
import { withTrouble } from './problems.js';
import { encodeScalar, randomScalar, secretMultiple } from './secrets.js';
import type { Certificate, Edition, VoterKey } from './types.js';

const MAXIMUM_CERTIFICATE_BYTES = 16_384;

export function newVoterKey(): VoterKey {
  const secret = randomScalar();
  return { secret: encodeScalar(secret), public: encodeElement(secretMultiple(secret, G)) };
}

/** A key that was kept by its secret. Trouble: malformed. */
export function restoreVoterKey(secret: Uint8Array): VoterKey {
  return withTrouble('malformed', () => {
    const scalar = littleEndian(secret);
    const encoded = encodeScalar(scalar);
    demand(
      secret.length === 32 && scalar !== 0n && hex(encoded) === hex(secret),
      'the key is no number below the order',
    );
    return { secret: encoded, public: encodeElement(secretMultiple(scalar, G)) };
  });
}

/** Overwrites the secret, as far as a page can: see secrets.ts. */
export function forgetVoterKey(key: VoterKey): void {
  key.secret.fill(0);
}

/** Reads a certificate; trouble: certificate, unless it is of this edition and signed by its registrar. */
export function readCertificate(bytes: Uint8Array, edition: Pick<Edition, 'manifest'>): Certificate {
  return withTrouble('certificate', () => {
    demand(bytes.length <= MAXIMUM_CERTIFICATE_BYTES, 'the certificate is too long');
    const { manifest } = edition;
    const f = fields(decode(bytes), 'the certificate', keys(1, 7));
    const voterKey = f.bytes(2, 32);
    decodeElement(voterKey, "the voter's key");
    const certificate: Certificate = {
      bytes: bytes.slice(),
      pseudonym: hex(f.bytes(1, 32)),
      voterKey,
      level: f.uint(3, 2, 4),
      pools: ascending(f.get(4), 'the pools of the certificate', 1, manifest.pools.length),
      hour: f.uint(5),
      serial: f.uint(6),
    };
    demand(certificate.level >= manifest.assurance, 'the assurance level is below that of the edition');
    const transcript = structureTranscript(manifest.hash, 'certificate', f.map as CborMap);
    const equation = signatureEquation(transcript, manifest.registrarKey, f.bytes(7, 64));
    demand(sumOfMultiples(equation).is0(), 'the signature of the registrar does not hold');
    return certificate;
  });
}
