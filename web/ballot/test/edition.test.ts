// SPDX-License-Identifier: EUPL-1.2

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { hex } from '../../verify/src/bytes.js';
import { decode, encode, type Cbor } from '../../verify/src/cbor.js';
import {
  BallotError,
  checkEdition,
  loadEdition,
  loadToldEdition,
  makeBallot,
  newVoterKey,
  forgetVoterKey,
  readCertificate,
  restoreEdition,
  restoreVoterKey,
  type Trouble,
} from '../src/index.js';
import { spoilt } from './hostile.js';
import { BASE, load, Town } from './town.js';

const troubled = (trouble: Trouble) => (error: unknown) =>
  error instanceof BallotError && error.trouble === trouble;

test('loads an edition, its key recomputed from the ceremony', async () => {
  const town = new Town();
  const edition = await load(town);
  assert.equal(edition.hash, hex(town.record.manifest.hash));
  assert.equal(hex(edition.jointKey), town.state().joint_key);
  assert.equal(edition.manifest.pools.length, 3);
  assert.deepEqual(town.requests.sort(), [
    'GET /api/v1/edition',
    'GET /manifest.cbor',
    'GET /tile/entries/000.p/12',
  ]);
  assert.deepEqual(restoreEdition(edition), edition);
  // A path is kept, and the address need not end with a slash.
  assert.equal((await loadEdition('https://box.test', town.fetch)).base, BASE);
});

test('refuses an edition of which any part is another', async () => {
  const [town, other] = [new Town(), new Town()];
  /** The town's answers, but for one path. */
  const but =
    (path: string, answer: () => Response): typeof fetch =>
    async (url, options) =>
      new URL(url as string).pathname === path ? answer() : town.fetch(url, options);
  const said = (change: object) => () => new Response(JSON.stringify({ ...town.state(), ...change }));
  const from = (one: Town, path: string) => () => one.fetch(new URL(path, BASE)) as unknown as Response;

  const tries: [typeof fetch, Trouble][] = [
    [but('/manifest.cbor', from(other, 'manifest.cbor')), 'not-authentic'],
    [but('/manifest.cbor', () => new Response(new Uint8Array(10))), 'malformed'],
    [but('/manifest.cbor', () => new Response('', { status: 404 })), 'malformed'],
    [but('/manifest.cbor', () => new Response('', { status: 503 })), 'unreachable'],
    [but('/api/v1/edition', said({ joint_key: other.state().joint_key })), 'not-authentic'],
    [but('/api/v1/edition', said({ edition: other.state().edition })), 'not-authentic'],
    [but('/api/v1/edition', said({ entries: 5 })), 'not-ready'],
    [but('/api/v1/edition', said({ phase: 'elsewhere' })), 'malformed'],
    [but('/api/v1/edition', said({ accepting: 'yes' })), 'malformed'],
    [but('/api/v1/edition', said({ registrar: 'javascript:alert(1)' })), 'malformed'],
    [but('/api/v1/edition', () => new Response('[]')), 'malformed'],
    [but('/api/v1/edition', () => new Response('x')), 'malformed'],
    [but('/tile/entries/000.p/12', from(other, 'tile/entries/000.p/12')), 'not-authentic'],
  ];
  for (const [get, trouble] of tries) {
    await assert.rejects(loadEdition(BASE, get), troubled(trouble));
  }
  town.trouble.push('lost');
  await assert.rejects(load(town), troubled('unreachable'));
});

test('an edition is shown before it is checked, and not encrypted in', async () => {
  const [town, other] = [new Town(), new Town()];
  const told = await loadToldEdition(BASE, town.fetch);
  assert.deepEqual(town.requests.sort(), ['GET /api/v1/edition', 'GET /manifest.cbor']);
  // There is no joint key in it, and its keys are bytes that nobody has read.
  assert.equal('jointKey' in told, false);
  assert.ok(told.manifest.registrarKey instanceof Uint8Array);
  assert.deepEqual(await checkEdition(told, town.fetch), await load(town));
  // The board of another edition does not make it one to vote in.
  await assert.rejects(checkEdition(told, other.fetch), troubled('not-authentic'));
  // Keys that encode nothing are shown, since nothing is done with them, and refused before anything is.
  const officials = told.manifest.officials.map(() => new Uint8Array(32).fill(255));
  const spoilt = { ...told, manifest: { ...told.manifest, officials } };
  await assert.rejects(checkEdition(spoilt, town.fetch), troubled('malformed'));
});

test('refuses a key that the trustees did not make, whatever the board says', async () => {
  const town = new Town();
  for (let changed = 1; changed < 12; changed++) {
    const original = town.record.entries[changed]!;
    const entry = decode(original) as Map<number, Cbor>;
    // The last 32 bytes of a signature, of a commitment, of a key: all of them are asked.
    for (const [key, value] of entry) {
      if (key < 2 || !(value instanceof Uint8Array)) continue;
      const spoilt = value.slice();
      spoilt[spoilt.length - 20]! ^= 4;
      town.record.entries[changed] = encode(new Map(entry).set(key, spoilt));
      town.seal();
      await assert.rejects(load(town), troubled('not-authentic'), `field ${key} of entry ${changed}`);
    }
    town.record.entries[changed] = original;
  }
});

test('a certificate is of this edition, signed, and of a key in hand', async () => {
  const town = new Town();
  const edition = await load(town);
  const key = newVoterKey();
  const bytes = town.certify(key.public);
  const certificate = readCertificate(bytes, edition);
  assert.deepEqual(certificate.pools, [0, 1, 2]);
  assert.equal(certificate.level, 2);
  for (const one of spoilt(bytes, 11, 100)) {
    assert.throws(() => readCertificate(one, edition), troubled('certificate'));
  }
  assert.throws(() => readCertificate(new Town().certify(key.public), edition), troubled('certificate'));
  assert.throws(
    () => readCertificate(town.certify(key.public, { pools: [0, 3] }), edition),
    troubled('certificate'),
  );

  const next = { counter: 0, previous: null };
  const choice = { kind: 'approval', projects: [1] } as const;
  const other = newVoterKey();
  assert.throws(() => makeBallot(edition, 0, choice, certificate, other, next), troubled('certificate'));
  assert.throws(() => makeBallot(edition, 7, choice, certificate, key, next), troubled('certificate'));
  assert.throws(
    () => makeBallot(edition, 0, { kind: 'approval', projects: [] }, certificate, key, next),
    troubled('choice'),
  );
  assert.throws(
    () => makeBallot(edition, 0, choice, certificate, key, { counter: 1, previous: null }),
    troubled('malformed'),
  );
  const narrow = readCertificate(town.certify(key.public, { pools: [1] }), edition);
  assert.throws(() => makeBallot(edition, 0, choice, narrow, key, next), troubled('certificate'));
  assert.ok(makeBallot(edition, 0, choice, certificate, key, next));
  forgetVoterKey(key);
  assert.ok(key.secret.every((byte) => byte === 0));
  assert.throws(() => makeBallot(edition, 0, choice, certificate, key, next), troubled('certificate'));
});

test('a key is kept by its secret', () => {
  const key = newVoterKey();
  assert.deepEqual(restoreVoterKey(key.secret), key);
  for (const bad of [new Uint8Array(32), new Uint8Array(32).fill(255), key.secret.slice(1)]) {
    assert.throws(() => restoreVoterKey(bad), troubled('malformed'));
  }
});

test('the manifest reads strictly', async () => {
  const town = new Town();
  const edition = await load(town);
  let n = 0;
  for (const one of spoilt(edition.manifestBytes, 331, 60)) {
    // What still reads is another edition by its hash.
    try {
      assert.notEqual(restoreEdition({ ...edition, manifestBytes: one }).hash, edition.hash);
    } catch (error) {
      assert.ok(troubled('malformed')(error), String(error));
    }
    n++;
  }
  assert.ok(n > 100);
});
