// SPDX-License-Identifier: EUPL-1.2
// Making a ballot: content, ciphertext, proof, signature (sections 4.4, 6 and 9.3), and what a ballot box asks of one.

import { demand, equalBytes, fromHex, hex, join } from '../../verify/src/bytes.js';
import { decode, encode, fields, keys, type Cbor, type CborMap } from '../../verify/src/cbor.js';
import { embed, embedBallot } from '../../verify/src/embedding.js';
import { decodeEntry } from '../../verify/src/entries.js';
import { decodeElement, encodeElement, G, sumOfMultiples, type Point } from '../../verify/src/group.js';
import { knowledgeEquations } from '../../verify/src/knowledge.js';
import { leafHash } from '../../verify/src/merkle.js';
import { decodeCiphertext, type Pair } from '../../verify/src/shuffle.js';
import { signatureEquation, structureTranscript } from '../../verify/src/signature.js';
import { Transcript } from '../../verify/src/transcript.js';
import { checkChoice, contentOf } from './choice.js';
import { shortCode } from './code.js';
import { BallotError, withTrouble } from './problems.js';
import { jointKeyPoint, proveKnowledge, randomBytes, randomScalar, secretMultiple, sign } from './secrets.js';
import type { Certificate, Choice, Edition, NextBallot, PreparedBallot, VoterKey } from './types.js';

const SIGNATURE = 8;

/** The randomness of the element `k` of a ciphertext, from the 32 bytes that open a ballot (section 9.4). */
export function randomnessOf(edition: Uint8Array, seed: Uint8Array, pool: number, width: number): bigint[] {
  return Array.from({ length: width }, (_, k) =>
    new Transcript('ballot randomness')
      .append('edition', edition)
      .append('pool', pool)
      .append('seed', seed)
      .append('element', k)
      .challengeScalar('r'),
  );
}

/** ElGamal of the messages with the randomness given, packed. */
export function encrypt(
  jointKey: Point,
  messages: readonly Uint8Array[],
  randomness: readonly bigint[],
): Uint8Array {
  return join(
    ...messages.flatMap((message, k) => {
      const r = randomness[k]!;
      const element = decodeElement(message, 'an embedded part of the ballot');
      return [encodeElement(secretMultiple(r, G)), encodeElement(element.add(secretMultiple(r, jointKey)))];
    }),
  );
}

/** What a proof of a ballot is bound to. */
function proofTranscript(
  edition: Uint8Array,
  pool: number,
  pseudonym: Uint8Array,
  voterKey: Uint8Array,
  jointKey: Uint8Array,
  ciphertext: Uint8Array,
): Transcript {
  return new Transcript('ballot')
    .append('edition', edition)
    .append('pool', pool)
    .append('pseudonym', pseudonym)
    .append('voter key', voterKey)
    .append('key', jointKey)
    .append('ciphertext', ciphertext);
}

/** The α of a packed ciphertext, packed. */
function alphasOf(ciphertext: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < ciphertext.length; at += 64) parts.push(ciphertext.subarray(at, at + 32));
  return join(...parts);
}

/** Numbers that tests give; otherwise they are drawn. */
export interface Nonces {
  readonly proof: readonly bigint[];
  readonly signature: bigint;
}

/** The entry of a ciphertext: proof and signature. */
export function sealEntry(
  edition: Pick<Edition, 'manifest' | 'jointKey'>,
  pool: number,
  ciphertext: Uint8Array,
  randomness: readonly bigint[],
  certificate: Certificate,
  key: VoterKey,
  next: NextBallot,
  nonces?: Nonces,
): Uint8Array {
  const { hash } = edition.manifest;
  const { jointKey } = edition;
  const pseudonym = fromHex(certificate.pseudonym);
  const transcript = proofTranscript(hash, pool, pseudonym, certificate.voterKey, jointKey, ciphertext);
  const fieldsOfEntry: [number, Cbor][] = [
    [0, 'ballot'],
    [1, hash],
    [2, pool],
    [3, decode(certificate.bytes)],
    [4, next.counter],
    [5, next.previous === null ? null : fromHex(next.previous)],
    [6, ciphertext],
    [7, proveKnowledge(transcript, alphasOf(ciphertext), randomness, nonces?.proof)],
    [SIGNATURE, new Uint8Array(64)],
  ];
  const signed = structureTranscript(hash, 'ballot', new Map(fieldsOfEntry));
  fieldsOfEntry[SIGNATURE] = [SIGNATURE, sign(signed, key, nonces?.signature)];
  return encode(new Map(fieldsOfEntry));
}

/**
 * Encrypts and signs. Trouble: choice (the rule does not allow it), certificate (not for this pool or key),
 * malformed (`next` contradicts itself).
 */
export function makeBallot(
  edition: Pick<Edition, 'manifest' | 'jointKey'>,
  poolNumber: number,
  choice: Choice,
  certificate: Certificate,
  key: VoterKey,
  next: NextBallot,
): PreparedBallot {
  const pool = edition.manifest.pools[poolNumber];
  if (pool === undefined || !certificate.pools.includes(poolNumber)) {
    throw new BallotError('certificate', 'the certificate is not for this pool');
  }
  if (!equalBytes(certificate.voterKey, key.public) || key.secret.every((byte) => byte === 0)) {
    throw new BallotError('certificate', 'the certificate is of another key');
  }
  if ((next.counter === 0) !== (next.previous === null)) {
    throw new BallotError('malformed', 'counter and predecessor contradict each other');
  }
  const check = checkChoice(pool.ballotRule, pool, choice);
  if (!check.complete) throw new BallotError('choice', `the choice is refused: ${check.problems[0]!.code}`);

  const messages = embedBallot(pool.ballotRule, pool.projects.length, contentOf(choice));
  const seed = randomBytes(32);
  const randomness = randomnessOf(edition.manifest.hash, seed, poolNumber, pool.width);
  const jointKey = jointKeyPoint(edition.jointKey);
  const ciphertext = encrypt(jointKey, messages, randomness);
  for (const message of messages) message.fill(0);
  const entry = sealEntry(edition, poolNumber, ciphertext, randomness, certificate, key, next);
  const hash = leafHash(entry);
  return { pool: poolNumber, entry, entryHash: hex(hash), code: shortCode(hash), secret: seed };
}

/** Overwrites what opens the ballot, as far as a page can: see secrets.ts. */
export function forgetSecret(ballot: PreparedBallot): void {
  ballot.secret.fill(0);
}

/**
 * Builds the tables that encryption needs and goes its way once with a message that means nothing, so that the voter's
 * ballot does not have to wait for that. In pieces, between which the page can answer; for when it is idle.
 */
export async function warmUp(edition?: Pick<Edition, 'jointKey'>): Promise<void> {
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  await pause();
  secretMultiple(2n, G);
  if (edition === undefined) return;
  await pause();
  secretMultiple(2n, jointKeyPoint(edition.jointKey));
  for (let round = 0; round < 3; round++) {
    await pause();
    const message = embed(randomBytes(29));
    const randomness = [randomScalar()];
    const ciphertext = encrypt(jointKeyPoint(edition.jointKey), [message], randomness);
    await pause();
    proveKnowledge(new Transcript('warm-up'), alphasOf(ciphertext), randomness);
  }
}

/** A ballot entry, read. */
export interface ReadBallot {
  readonly pool: number;
  readonly certificate: CborMap;
  readonly pseudonym: string;
  readonly level: number;
  readonly counter: number;
  readonly previous: string | null;
  readonly ciphertext: Uint8Array;
  readonly pairs: readonly Pair[];
  readonly map: CborMap;
}

/** Reads the form of a ballot entry of the edition; refuses (Malformed) anything else. Proofs are not asked. */
export function readBallot(entry: Uint8Array, edition: Pick<Edition, 'manifest'>): ReadBallot {
  const { manifest } = edition;
  const { kind, map } = decodeEntry(entry);
  demand(kind === 'ballot', 'the entry is no ballot');
  const f = fields(map, 'the ballot', keys(0, 8));
  demand(equalBytes(f.bytes(1, 32), manifest.hash), 'the ballot is of another edition');
  const pool = f.uint(2, 0, manifest.pools.length - 1);
  const certificate = fields(f.get(3), 'the certificate', keys(1, 7));
  const { width } = manifest.pools[pool]!;
  const ciphertext = f.bytes(6, 64 * width);
  const counter = f.uint(4);
  const previous = f.get(5) === null ? null : hex(f.bytes(5, 32));
  demand((counter === 0) === (previous === null), 'counter and predecessor contradict each other');
  f.bytes(7, 64 * width);
  f.bytes(8, 64);
  return {
    pool,
    certificate: certificate.map,
    pseudonym: hex(certificate.bytes(1, 32)),
    level: certificate.uint(3, 2, 4),
    counter,
    previous,
    ciphertext,
    pairs: decodeCiphertext(ciphertext, width, 'the ciphertext'),
    map,
  };
}

/** Whether proof and signatures of a ballot hold. */
export function ballotHolds(ballot: ReadBallot, edition: Pick<Edition, 'manifest' | 'jointKey'>): boolean {
  const { manifest, jointKey } = edition;
  return withTrouble('malformed', () => {
    const certificate = fields(ballot.certificate, 'the certificate', keys(1, 7));
    const voterKeyBytes = certificate.bytes(2, 32);
    const voterKey = decodeElement(voterKeyBytes, "the voter's key");
    const equations = knowledgeEquations(
      proofTranscript(
        manifest.hash,
        ballot.pool,
        certificate.bytes(1, 32),
        voterKeyBytes,
        jointKey,
        ballot.ciphertext,
      ),
      ballot.pairs.map(([alpha]) => alpha),
      ballot.map.get(7) as Uint8Array,
    );
    equations.push(
      signatureEquation(
        structureTranscript(manifest.hash, 'ballot', ballot.map),
        voterKey,
        ballot.map.get(SIGNATURE) as Uint8Array,
      ),
      signatureEquation(
        structureTranscript(manifest.hash, 'certificate', certificate.map),
        manifest.registrarKey,
        certificate.bytes(7, 64),
      ),
    );
    return equations.every((terms) => sumOfMultiples(terms).is0());
  });
}
