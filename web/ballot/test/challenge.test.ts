// SPDX-License-Identifier: EUPL-1.2

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { embedBallot } from '../../verify/src/embedding.js';
import { fromHex, hex } from '../../verify/src/bytes.js';
import { decode, encode, type Cbor } from '../../verify/src/cbor.js';
import { decodeElement, encodeElement, G } from '../../verify/src/group.js';
import { leafHash } from '../../verify/src/merkle.js';
import { encrypt, randomnessOf, sealEntry } from '../src/ballot.js';
import { fromLink, shortCode, toLink } from '../src/code.js';
import {
  BallotError,
  checkChallenge,
  forgetSecret,
  makeBallot,
  readCode,
  revealChallenge,
  type ChallengeProblem,
  type Edition,
} from '../src/index.js';
import { randomBytes } from '../src/secrets.js';
import { spoilt } from './hostile.js';
import { load, Town, voterOf, type Voter } from './town.js';

const first = { counter: 0, previous: null };
const choice = { kind: 'approval', projects: [1, 3] } as const;

/** A ballot that encrypts these elements, whatever the voter chose: what a lying page would make. */
function dishonest(
  edition: Edition,
  { certificate, key }: Voter,
  messages: readonly Uint8Array[],
  seed = randomBytes(32),
): { entry: Uint8Array; secret: Uint8Array } {
  const randomness = randomnessOf(edition.manifest.hash, seed, 0, messages.length);
  const ciphertext = encrypt(decodeElement(edition.jointKey, 'Y'), messages, randomness);
  return { entry: sealEntry(edition, 0, ciphertext, randomness, certificate, key, first), secret: seed };
}

test('a challenge opens what was encrypted, from a text or a link', async () => {
  const town = new Town();
  const edition = await load(town);
  const voter = voterOf(town, edition);
  const ballot = makeBallot(edition, 0, choice, voter.certificate, voter.key, first);
  const { text, auditedEntry } = revealChallenge(ballot, edition);
  assert.match(text, /^[A-Za-z0-9_-]+$/);
  for (const form of [text, ` ${text}\n`, `#${text}`, `https://box.test/check/#c=${text}`]) {
    const checked = checkChallenge(form, edition);
    assert.ok(checked.ok);
    assert.deepEqual(checked.choice, choice);
    assert.equal(checked.code, ballot.code);
    assert.equal(checked.pool.number, 0);
  }
  const audited = decode(auditedEntry) as Map<number, Cbor>;
  assert.deepEqual([...audited.keys()], [0, 1, 2, 3]);
  assert.equal(audited.get(0), 'audited');
  assert.deepEqual(audited.get(3), (decode(ballot.entry) as Map<number, Cbor>).get(6));
  // The text of a ballot of one element fits a QR code that a telephone reads from a screen (version 20, level L: 858 bytes).
  assert.ok(text.length < 800, String(text.length));

  forgetSecret(ballot);
  assert.throws(() => revealChallenge(ballot, edition), BallotError);
});

test('a page that encrypts something else is caught (A29)', async () => {
  const town = new Town();
  const edition = await load(town);
  const voter = voterOf(town, edition);
  const pool = edition.manifest.pools[0]!;
  const messages = (projects: number[]): Uint8Array[] =>
    embedBallot(
      pool.ballotRule,
      pool.projects.length,
      projects.map((project) => ({ project, points: 1 })),
    );
  const verdict = (made: { entry: Uint8Array; secret: Uint8Array }): ReturnType<typeof checkChallenge> =>
    checkChallenge(revealChallenge(made, edition).text, edition);
  const refused = (made: { entry: Uint8Array; secret: Uint8Array }): ChallengeProblem => {
    const checked = verdict(made);
    assert.ok(!checked.ok);
    assert.equal(checked.code, shortCode(leafHash(made.entry)));
    return checked.reason;
  };

  // Encrypts project 4 and opens it truly: the choice shown is not the voter's.
  const other = dishonest(edition, voter, messages([4]));
  const shown = verdict(other);
  assert.ok(shown.ok);
  assert.deepEqual(shown.choice, { kind: 'approval', projects: [4] });

  // Opens it with other randomness, of a ciphertext for what the voter chose.
  assert.equal(
    refused({ ...other, secret: dishonest(edition, voter, messages([1, 3])).secret }),
    'not-the-ciphertext',
  );
  // Opens another ballot than the one whose code the voter noted.
  const honest = dishonest(edition, voter, messages([1, 3]));
  assert.notEqual(shortCode(leafHash(honest.entry)), shortCode(leafHash(other.entry)));

  // Encrypts what is no ballot: too many projects, no embedded content at all.
  assert.equal(refused(dishonest(edition, voter, messages([1, 2, 3, 4]))), 'not-a-ballot');
  assert.equal(refused(dishonest(edition, voter, [encodeElement(G)])), 'not-a-ballot');

  // A β that does not belong to the α: the choice would be another, or none.
  const map = decode(honest.entry) as Map<number, Cbor>;
  const ciphertext = (map.get(6) as Uint8Array).slice();
  ciphertext.set((decode(other.entry) as Map<number, Uint8Array>).get(6)!.subarray(32), 32);
  assert.equal(refused({ ...honest, entry: encode(new Map(map).set(6, ciphertext)) }), 'not-a-ballot');

  // A proof or signature that the ballot box would refuse.
  for (const field of [7, 8]) {
    const spoiltField = (map.get(field) as Uint8Array).slice();
    spoiltField[40]! ^= 1;
    assert.equal(refused({ ...honest, entry: encode(new Map(map).set(field, spoiltField)) }), 'not-castable');
  }
});

test('challenges of other editions and damaged ones are refused', async () => {
  const town = new Town();
  const edition = await load(town);
  const otherTown = new Town();
  const other = await load(otherTown);
  const voter = voterOf(otherTown, other);
  const elsewhere = makeBallot(other, 0, choice, voter.certificate, voter.key, first);
  const foreign = checkChallenge(revealChallenge(elsewhere, other).text, edition);
  assert.ok(!foreign.ok && foreign.reason === 'other-edition' && foreign.code === elsewhere.code);

  const own = voterOf(town, edition);
  const ballot = makeBallot(edition, 0, choice, own.certificate, own.key, first);
  const bytes = fromLink(revealChallenge(ballot, edition).text);
  let told = 0;
  for (const one of spoilt(bytes, 61, 60)) {
    const checked = checkChallenge(toLink(one), edition);
    assert.ok(!checked.ok);
    told++;
  }
  assert.ok(told > 100);
  const text = toLink(bytes);
  for (const bad of [
    '',
    '#',
    'x',
    `${text}=`,
    text.slice(1),
    `${text}A`,
    text.replace(/./, '!'),
    'A'.repeat(200_000),
  ]) {
    const checked = checkChallenge(bad, edition);
    assert.ok(!checked.ok && checked.reason === 'malformed');
  }
  // Base 64 whose last sign holds bits beyond the bytes is not the one form.
  assert.throws(() => fromLink('AB'));
  assert.deepEqual(fromLink('AA'), new Uint8Array(1));
});

test('short codes', () => {
  const code = shortCode(fromHex('00'.repeat(32)));
  assert.equal(code, '0000-0000-0000-0000');
  assert.equal(shortCode(fromHex('ff'.repeat(32))), 'ZZZZ-ZZZZ-ZZZZ-ZZZZ');
  assert.equal(shortCode(fromHex(`08${'00'.repeat(31)}`)), '2000-0000-0000-0000');
  for (let n = 0; n < 100; n++) {
    const made = shortCode(randomBytes(32));
    assert.match(made, /^([02-9A-HJKMNP-Z]{4}-){3}[02-9A-HJKMNP-Z]{4}$/);
    assert.equal(readCode(made), made);
    assert.equal(readCode(` ${made.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o')} `), made);
  }
  for (const bad of [
    '',
    '1111-1111-1111-1111',
    '0000-0000-0000-000',
    '0000-0000-0000-00000',
    'ąąąą-0000-0000-0000',
  ]) {
    assert.equal(readCode(bad), undefined);
  }
  assert.equal(hex(fromLink(toLink(fromHex('fbff')))), 'fbff');
});
