// SPDX-License-Identifier: EUPL-1.2
// What a browser and a passkey do between a person and the desk: an authenticator in software whose
// answers can be spoilt in every respect, and signatures by docs/protocol.md section 4.1.
import { ristretto255 } from '@noble/curves/ed25519';
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

const sha256 = (data) => createHash('sha256').update(data).digest();
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');

// CBOR of a COSE key of P-256.
function coseKey(publicKey) {
  const jwk = publicKey.export({ format: 'jwk' });
  const bytes = (hex, content) => Buffer.concat([Buffer.from(hex, 'hex'), Buffer.from(content, 'base64url')]);
  return Buffer.concat([Buffer.from('a5010203262001', 'hex'), bytes('215820', jwk.x), bytes('225820', jwk.y)]);
}

export const flags = { present: 1, verified: 4, eligible: 8, backedUp: 16, credential: 64 };

export class Authenticator {
  constructor(origin, party = 'localhost') {
    this.origin = origin;
    this.party = party;
    this.credential = randomBytes(32);
    this.counter = 0;
    Object.assign(this, generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  }

  clientData(type, challenge, spoilt = {}) {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false, ...spoilt }));
  }

  authenticatorData(bits, attested = Buffer.alloc(0), { party = this.party, counter = this.counter } = {}) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(party), Buffer.from([bits]), count, attested]);
  }

  // The answer to navigator.credentials.create().
  create(challenge, { client = {}, bits = flags.present | flags.verified | flags.credential, algorithm = '-7', ...data } = {}) {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.credential.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, this.credential, coseKey(this.publicKey)]);
    return {
      client_data: base64url(this.clientData('webauthn.create', challenge, client)),
      authenticator_data: base64url(this.authenticatorData(bits, attested, data)),
      algorithm,
    };
  }

  // The answer to navigator.credentials.get().
  get(challenge, { client = {}, bits = flags.present | flags.verified, signer = this, keepCounter = false, ...data } = {}) {
    if (!keepCounter) ++this.counter;
    const clientData = this.clientData('webauthn.get', challenge, client);
    const authenticatorData = this.authenticatorData(bits, Buffer.alloc(0), data);
    const sign = createSign('sha256').update(authenticatorData).update(sha256(clientData));
    return {
      credential: base64url(this.credential),
      client_data: base64url(clientData),
      authenticator_data: base64url(authenticatorData),
      assertion: base64url(sign.sign(signer.privateKey)),
    };
  }
}

// ---- Signatures of the protocol

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const littleEndian = (bytes) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
function scalarBytes(scalar) {
  return Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse();
}
const frame = (data) => {
  const bytes = Buffer.from(data);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(bytes.length));
  return Buffer.concat([length, bytes]);
};

export class Transcript {
  constructor(label) {
    this.text = Buffer.concat([frame('urna/1'), frame(label)]);
  }
  append(name, data) {
    this.text = Buffer.concat([this.text, Buffer.from([0]), frame(name), frame(data)]);
    return this;
  }
  challenge(name) {
    this.text = Buffer.concat([this.text, Buffer.from([1]), frame(name)]);
    return littleEndian(createHash('sha512').update(this.text).digest()) % ORDER;
  }
}

export class SigningKey {
  // Of a key file without a passphrase, which ends with the secret; or a new one.
  constructor(file) {
    this.secret = file ? littleEndian(file.subarray(-32)) : littleEndian(randomBytes(64)) % ORDER;
    this.public = Buffer.from(ristretto255.Point.BASE.multiply(this.secret).toBytes());
  }
  sign(transcript) {
    const nonce = littleEndian(randomBytes(64)) % ORDER;
    const commitment = Buffer.from(ristretto255.Point.BASE.multiply(nonce).toBytes());
    transcript.append('key', this.public).append('commitment', commitment);
    const response = (nonce + transcript.challenge('e') * this.secret) % ORDER;
    return Buffer.concat([commitment, scalarBytes(response)]);
  }
}

// The transcripts that an official signs for a proposal's statement, in order.
export function transcriptsOf(statement) {
  const facts = JSON.parse(statement);
  const edition = Buffer.from(facts.edition, 'hex');
  if (['announce', 'keep'].includes(facts.action)) return [new Transcript('urna/1 desk').append('edition', edition).append('statement', statement)];
  const kind = { open: 'opening', extend: 'extension', freeze: 'freeze', annul: 'annulment', uphold: 'upholding', close: 'closing' }[facts.action];
  return (facts.bodies ?? [facts.body]).map((body) => new Transcript('signature').append('edition', edition).append('kind', kind).append('body', Buffer.from(body, 'hex')));
}

export const challengeOf = (statement) => base64url(sha256(statement));
