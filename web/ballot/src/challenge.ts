// SPDX-License-Identifier: EUPL-1.2
// Challenging a ciphertext (section 9.4): the device opens what it has encrypted, anybody recomputes it, and
// it can never be cast afterwards.

import { readPlaintext } from '../../verify/src/embedding.js';
import { equalBytes, hex, Malformed } from '../../verify/src/bytes.js';
import { decode, encode, fields, keys, uint } from '../../verify/src/cbor.js';
import { encodeElement, G, multiply } from '../../verify/src/group.js';
import { leafHash } from '../../verify/src/merkle.js';
import { decodeEntry } from '../../verify/src/entries.js';
import { ballotHolds, randomnessOf, readBallot } from './ballot.js';
import { choiceOf } from './choice.js';
import { fromLink, shortCode, toLink } from './code.js';
import { BallotError } from './problems.js';
import { jointKeyPoint } from './secrets.js';
import type { Challenge, ChallengeCheck, ChallengeProblem, Edition, PreparedBallot } from './types.js';

const VERSION = 1;
/** An entry has at most 65,535 bytes; what goes with it is short. */
const MAXIMUM_TEXT = 96_000;

/**
 * Opens a ballot that was not cast. The page sends the audited entry first and shows the text when it is recorded:
 * whoever sees the text could otherwise try to cast the ballot.
 */
export function revealChallenge(
  ballot: Pick<PreparedBallot, 'entry' | 'secret'>,
  edition: Pick<Edition, 'manifest'>,
): Challenge {
  if (ballot.secret.every((byte) => byte === 0)) {
    throw new BallotError('malformed', 'the secret of the ballot was overwritten');
  }
  const { pool, ciphertext } = readBallot(ballot.entry, edition);
  return {
    text: toLink(
      encode(
        new Map<number, number | Uint8Array>([
          [0, VERSION],
          [1, ballot.entry],
          [2, ballot.secret],
        ]),
      ),
    ),
    auditedEntry: encode(
      new Map<number, string | number | Uint8Array>([
        [0, 'audited'],
        [1, edition.manifest.hash],
        [2, pool],
        [3, ciphertext],
      ]),
    ),
  };
}

/**
 * Recomputes the ciphertext from the randomness and says what it holds. Works without a network. `text` may be a link
 * with the text after `#` or `=`. What the answer shows must be compared with what was chosen, its code with the code noted before.
 */
export function checkChallenge(
  text: string,
  edition: Pick<Edition, 'manifest' | 'jointKey'>,
): ChallengeCheck {
  const no = (reason: ChallengeProblem, code?: string): ChallengeCheck =>
    code === undefined ? { ok: false, reason } : { ok: false, reason, code };
  let code: string | undefined;
  try {
    const { manifest } = edition;
    const [entry, seed] = readText(text);
    code = shortCode(leafHash(entry));
    if (!equalBytes(fields(decodeEntry(entry).map, 'the entry', keys(0, 8)).bytes(1, 32), manifest.hash)) {
      return no('other-edition', code);
    }
    const ballot = readBallot(entry, edition);
    const pool = manifest.pools[ballot.pool]!;
    const randomness = randomnessOf(manifest.hash, seed, ballot.pool, pool.width);
    const jointKey = jointKeyPoint(edition.jointKey);
    const plaintext: Uint8Array[] = [];
    for (const [k, [alpha, beta]] of ballot.pairs.entries()) {
      if (!multiply(randomness[k]!, G).equals(alpha)) return no('not-the-ciphertext', code);
      plaintext.push(encodeElement(beta.subtract(multiply(randomness[k]!, jointKey))));
    }
    const read = readPlaintext(
      pool.ballotRule,
      pool.projects.map(({ cost }) => cost),
      plaintext,
    );
    if ('invalid' in read) return no('not-a-ballot', code);
    if (!ballotHolds(ballot, edition)) return no('not-castable', code);
    return { ok: true, pool, choice: choiceOf(pool.ballotRule.form, read.content), code };
  } catch (error) {
    if (error instanceof Malformed || error instanceof BallotError) return no('malformed', code);
    throw error;
  }
}

/** Entry and secret of a text or of a link that holds one. */
function readText(text: string): [entry: Uint8Array, seed: Uint8Array] {
  if (text.length > MAXIMUM_TEXT) throw new Malformed('the text is too long');
  const bare = text.trim().replace(/^[^]*[#=]/, '');
  const f = fields(decode(fromLink(bare)), 'the challenge', keys(0, 2));
  uint(f.get(0), 'the version of the challenge', VERSION, VERSION);
  const entry = f.get(1);
  if (!(entry instanceof Uint8Array)) throw new Malformed('the challenge holds no entry');
  return [entry, f.bytes(2, 32)];
}

/** The hexadecimal entry hash of an entry. */
export function entryHash(entry: Uint8Array): string {
  return hex(leafHash(entry));
}
