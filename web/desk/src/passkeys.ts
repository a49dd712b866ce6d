// SPDX-License-Identifier: EUPL-1.2
// Passkeys, and the key that an official signs the protocol's entries with.
//
// That key is in no file and no database: the passkey computes 32 secret bytes out of a fixed text (the prf
// extension of WebAuthn), and the key is made of these. They exist in this page while something is being signed,
// and only after the person has touched the passkey for it.
import { sha256 } from '@noble/hashes/sha2';
import { sha512 } from '@noble/hashes/sha2';
import { join, littleEndian, utf8 } from '$verify/bytes.js';
import { encodeElement, G, ORDER } from '$verify/group.js';
import { Transcript } from '$verify/transcript.js';
import { encodeScalar, secretMultiple, sign } from '$ballot/secrets';
import { fromHex, toHex } from '$site/shared/bytes';
import { api, type Official } from './api';

/** The passkey, or its browser, cannot do what is needed. */
export class NoSigningKey extends Error {}
/** The person has closed the browser's window, or took too long. */
export class NotGiven extends Error {}

const PRF_INPUT = sha256(utf8('urna/1 desk signing key'));
const KEY_LABEL = utf8('urna/1 desk signing key from prf');
const TIMEOUT_MS = 180_000;

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/');
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
function textOf(bytes: ArrayBuffer | Uint8Array): string {
  let text = '';
  for (const byte of bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)) {
    text += String.fromCharCode(byte);
  }
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

async function given<T extends Credential>(asking: Promise<Credential | null>): Promise<T> {
  try {
    const credential = await asking;
    if (credential === null) throw new NotGiven();
    return credential as T;
  } catch (error) {
    throw error instanceof DOMException ? new NotGiven(error.name) : error;
  }
}

/** Makes a passkey for an invitation and registers it. */
export async function register(invitation: string, party: string, name: string): Promise<Official> {
  const question = await api.beginRegistration(invitation);
  const credential = await given<PublicKeyCredential>(
    navigator.credentials.create({
      publicKey: {
        rp: { id: party, name },
        user: {
          id: utf8(question.reference) as Uint8Array<ArrayBuffer>,
          name: question.name,
          displayName: question.name,
        },
        challenge: bytesOf(question.challenge),
        pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        attestation: 'none',
        timeout: TIMEOUT_MS,
        extensions: { prf: {} },
      },
    }),
  );
  const response = credential.response as AuthenticatorAttestationResponse;
  const { official } = await api.finishRegistration({
    invitation,
    client_data: textOf(response.clientDataJSON),
    authenticator_data: textOf(response.getAuthenticatorData()),
    algorithm: String(response.getPublicKeyAlgorithm()),
  });
  return official;
}

interface Asserted {
  readonly answer: {
    credential: string;
    client_data: string;
    authenticator_data: string;
    assertion: string;
  };
  readonly prf: Uint8Array | undefined;
}

async function assertion(party: string, challenge: Uint8Array, withKey: boolean): Promise<Asserted> {
  const credential = await given<PublicKeyCredential>(
    navigator.credentials.get({
      publicKey: {
        rpId: party,
        challenge: challenge as Uint8Array<ArrayBuffer>,
        userVerification: 'required',
        timeout: TIMEOUT_MS,
        ...(withKey
          ? { extensions: { prf: { eval: { first: PRF_INPUT as Uint8Array<ArrayBuffer> } } } }
          : {}),
      },
    }),
  );
  const response = credential.response as AuthenticatorAssertionResponse;
  const first = credential.getClientExtensionResults().prf?.results?.first;
  return {
    answer: {
      credential: textOf(credential.rawId),
      client_data: textOf(response.clientDataJSON),
      authenticator_data: textOf(response.authenticatorData),
      assertion: textOf(response.signature),
    },
    prf: first === undefined ? undefined : new Uint8Array(first as ArrayBuffer),
  };
}

export async function signIn(party: string): Promise<Official> {
  const { challenge } = await api.beginSignIn();
  const { answer } = await assertion(party, bytesOf(challenge), false);
  return (await api.finishSignIn(answer)).official;
}

interface Key {
  readonly secret: Uint8Array;
  readonly public: Uint8Array;
}

function keyOf(prf: Uint8Array | undefined): Key {
  if (prf === undefined || prf.length !== 32) throw new NoSigningKey();
  const wide = sha512(join(KEY_LABEL, prf));
  const scalar = littleEndian(wide) % ORDER;
  wide.fill(0);
  prf.fill(0);
  if (scalar === 0n) throw new NoSigningKey();
  return { secret: encodeScalar(scalar), public: encodeElement(secretMultiple(scalar, G)) };
}

/** Has the passkey make the signing key, and gives its public part to the desk. */
export async function makeSigningKey(party: string, official: Official): Promise<void> {
  // The answer stays here, so the challenge need not be the desk's.
  const { prf } = await assertion(party, crypto.getRandomValues(new Uint8Array(32)), true);
  const key = keyOf(prf);
  const transcript = new Transcript('urna/1 desk key').append('official', utf8(official.reference));
  const signature = sign(transcript, key);
  key.secret.fill(0);
  await api.giveKey({ signing_key: toHex(key.public), signature: toHex(signature) });
}

const KINDS: Readonly<Record<string, string>> = {
  open: 'opening',
  extend: 'extension',
  freeze: 'freeze',
  annul: 'annulment',
  uphold: 'upholding',
  close: 'closing',
};

/** The transcripts that the key signs for a statement, in order; throws unless the statement is of a known form. */
export function transcriptsOf(statement: string): Transcript[] {
  const facts = JSON.parse(statement) as Record<string, unknown>;
  const hexOf = (value: unknown): Uint8Array => {
    const bytes = typeof value === 'string' ? fromHex(value) : undefined;
    if (bytes === undefined) throw new Error('the statement is malformed');
    return bytes;
  };
  const edition = hexOf(facts['edition']);
  // Of these nothing goes onto the board.
  if (facts['action'] === 'announce' || facts['action'] === 'keep') {
    return [new Transcript('urna/1 desk').append('edition', edition).append('statement', utf8(statement))];
  }
  const kind = KINDS[String(facts['action'])];
  if (kind === undefined) throw new Error('the statement is of an unknown action');
  const bodies: unknown = facts['bodies'] ?? [facts['body']];
  if (!Array.isArray(bodies)) throw new Error('the statement is malformed');
  return bodies.map((body) =>
    new Transcript('signature')
      .append('edition', edition)
      .append('kind', utf8(kind))
      .append('body', hexOf(body)),
  );
}

/** Signs a proposal's statement with passkey and key, in one touch. True if it was the last signature that it needs. */
export async function signStatement(
  party: string,
  official: Official,
  edition: string,
  proposal: string,
  statement: string,
): Promise<boolean> {
  const transcripts = transcriptsOf(statement);
  const { answer, prf } = await assertion(party, sha256(utf8(statement)), true);
  const key = keyOf(prf);
  if (toHex(key.public) !== official.signing_key) throw new NoSigningKey();
  const signature = transcripts.map((transcript) => toHex(sign(transcript, key))).join('');
  key.secret.fill(0);
  const { confirmed } = await api.sign(edition, proposal, { signature, ...answer });
  return confirmed;
}
