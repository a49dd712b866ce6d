// SPDX-License-Identifier: EUPL-1.2
// test/vectors/ballots.json: with the numbers drawn there, this code makes the bytes that the C++ code made.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type BallotRule } from '../../verify/src/ballot-content.js';
import { embedBallot } from '../../verify/src/embedding.js';
import { fromHex, hex, littleEndian } from '../../verify/src/bytes.js';
import { decodeElement } from '../../verify/src/group.js';
import { ballotHolds, encrypt, randomnessOf, readBallot, sealEntry } from '../src/ballot.js';
import { checkChallenge, revealChallenge } from '../src/challenge.js';
import { checkChoice, choiceOf, contentOf } from '../src/choice.js';
import { shortCode } from '../src/code.js';
import { encodeScalar } from '../src/secrets.js';
import { makeBallot, readCertificate, restoreVoterKey, type Edition, type Pool } from '../src/index.js';

// From web/ballot/dist-test/ballot/test up to the repository.
const file = new URL('../../../../../test/vectors/ballots.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: any[] };

const scalars = (texts: readonly string[]): bigint[] => texts.map((text) => littleEndian(fromHex(text)));

/** As much of an edition as a ballot needs. */
function editionOf(c: any): Edition {
  const points = c.rule['4'];
  const ballotRule: BallotRule = {
    form: c.rule['1'],
    least: c.rule['2'],
    most: c.rule['3'],
    points:
      points === null
        ? null
        : { leastEach: points[0], mostEach: points[1], leastInAll: points[2], mostInAll: points[3] },
    knapsack: c.rule['5'],
    blank: c.rule['6'],
  };
  const pool = {
    ballotRule,
    width: c.width,
    projects: c.costs.map((cost: number, i: number) => ({ id: String(i + 1), cost, name: '' })),
  };
  return {
    hash: c.edition,
    jointKey: fromHex(c.joint_key),
    manifest: {
      hash: fromHex(c.edition),
      assurance: 2,
      registrarKey: decodeElement(fromHex(c.registrar_key), 'the key'),
      pools: [0, 1, 2].map((number) => ({ ...pool, number })),
    },
  } as unknown as Edition;
}

function choiceIn(c: any, pool: Pool): ReturnType<typeof choiceOf> {
  const content = c.projects.map((project: number, i: number) => ({ project, points: c.points[i] ?? 1 }));
  return choiceOf(pool.ballotRule.form, content);
}

test('ballots are those of the vectors, byte for byte', () => {
  assert.ok(cases.length >= 20);
  for (const c of cases) {
    const edition = editionOf(c);
    const pool = edition.manifest.pools[c.pool]!;
    const choice = choiceIn(c, pool);
    assert.deepEqual(checkChoice(pool.ballotRule, pool, choice).problems, [], c.about);
    const messages = embedBallot(pool.ballotRule, pool.projects.length, contentOf(choice));
    assert.deepEqual(messages.map(hex), c.messages, c.about);

    const randomness = randomnessOf(fromHex(c.edition), fromHex(c.seed), c.pool, c.width);
    assert.deepEqual(
      randomness.map((r) => hex(encodeScalar(r))),
      c.randomness,
      c.about,
    );
    const ciphertext = encrypt(decodeElement(edition.jointKey, 'Y'), messages, randomness);
    assert.equal(hex(ciphertext), c.ciphertext, c.about);

    const certificate = readCertificate(fromHex(c.certificate), edition);
    const key = restoreVoterKey(fromHex(c.voter_secret));
    assert.equal(hex(key.public), c.voter_key);
    const next = { counter: c.counter, previous: c.previous };
    const entry = sealEntry(edition, c.pool, ciphertext, randomness, certificate, key, next, {
      proof: scalars(c.proof_nonces),
      signature: scalars([c.signature_nonce])[0]!,
    });
    assert.equal(hex(entry), c.entry, c.about);

    const read = readBallot(entry, edition);
    assert.ok(ballotHolds(read, edition), c.about);
    const made = { entry, secret: fromHex(c.seed) };
    assert.equal(hex(revealChallenge(made, edition).auditedEntry), c.audited, c.about);
    assert.equal(shortCode(fromHex(c.hash)), c.code);
    const checked = checkChallenge(revealChallenge(made, edition).text, edition);
    assert.ok(checked.ok, c.about);
    assert.deepEqual(checked.choice, choice, c.about);
    assert.equal(checked.code, c.code);
  }
});

test('ballots with numbers of their own hold, and no two are alike', () => {
  for (const c of cases) {
    const edition = editionOf(c);
    const pool = edition.manifest.pools[c.pool]!;
    const certificate = readCertificate(fromHex(c.certificate), edition);
    const key = restoreVoterKey(fromHex(c.voter_secret));
    const make = (): ReturnType<typeof makeBallot> =>
      makeBallot(edition, c.pool, choiceIn(c, pool), certificate, key, {
        counter: c.counter,
        previous: c.previous,
      });
    const [one, two] = [make(), make()];
    assert.notEqual(one.entryHash, two.entryHash);
    for (let at = 0; at < 64 * pool.width; at += 32) {
      const part = (ballot: typeof one): string =>
        hex(readBallot(ballot.entry, edition).ciphertext.subarray(at, at + 32));
      assert.notEqual(part(one), part(two));
    }
    assert.ok(ballotHolds(readBallot(one.entry, edition), edition), c.about);
    assert.deepEqual(checkChallenge(revealChallenge(one, edition).text, edition), {
      ok: true,
      pool,
      choice: choiceIn(c, pool),
      code: one.code,
    });
  }
});
