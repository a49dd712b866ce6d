// SPDX-License-Identifier: EUPL-1.2
// The project's test vectors, test/vectors/*.json, in the formats of docs/vectors.md.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { ballotWidth, packBallot, unpackBallot, type BallotRule } from '../src/ballot-content.js';
import { demand, equalBytes, fromHex, hex, littleEndian, utf8 } from '../src/bytes.js';
import { encode } from '../src/cbor.js';
import { CONTEST_KINDS, Contests } from '../src/contests.js';
import { parseRule } from '../src/counting/rule.js';
import { lagrange, tieBase } from '../src/decryption.js';
import { embed, readPlaintext } from '../src/embedding.js';
import { decodeEntry } from '../src/entries.js';
import { verifyEquality } from '../src/equality.js';
import { VotingTerm } from '../src/extension.js';
import {
  decodeElement,
  decodeElements,
  decodeScalar,
  encodeElement,
  generator,
  ORDER,
  sumOfMultiples,
  type Term,
} from '../src/group.js';
import { knowledgeEquations } from '../src/knowledge.js';
import { decodeManifest, type Manifest } from '../src/manifest.js';
import { leafHash, merkleRoot } from '../src/merkle.js';
import { PaperVoting } from '../src/paper.js';
import { decodeCiphertexts, verifyShuffle } from '../src/shuffle.js';
import { signatureEquation } from '../src/signature.js';
import { Transcript, weight } from '../src/transcript.js';
import { encodeScalar } from './prover.js';

// From web/verify/dist-test/test up to the repository.
const folder = new URL('../../../../test/vectors/', import.meta.url);

type Case = any;

const MANIFEST_START = /^..00686d616e69666573740166/;

function transcriptOf(c: Case): Transcript {
  const transcript = new Transcript(c.label);
  for (const [name, data] of c.context) transcript.append(name, fromHex(data));
  return transcript;
}

const holds = (equations: Term[][]): boolean => equations.every((terms) => sumOfMultiples(terms).is0());
const count = (packed: string): number => Math.floor(packed.length / 64);

/** Whether `check` neither refuses nor finds the statement false. */
async function accepts(check: () => boolean | Promise<void>): Promise<boolean> {
  try {
    return (await check()) !== false;
  } catch (error) {
    assert.equal((error as Error).constructor.name, 'Malformed', String(error));
    return false;
  }
}

function ruleOf(rule: Case): BallotRule {
  const limits = rule[4];
  return {
    form: rule[1],
    least: rule[2],
    most: rule[3],
    points: limits && {
      leastEach: limits[0],
      mostEach: limits[1],
      leastInAll: limits[2],
      mostInAll: limits[3],
    },
    knapsack: rule[5],
    blank: rule[6],
  };
}

/** For each file what is checked with a case; where a case has `valid`, the answer must be that. */
const READERS: Record<string, (c: Case) => void | Promise<void>> = {
  'transcript.json': (c) => {
    const transcript = new Transcript(c.label);
    for (const step of c.steps) {
      if ('challenge' in step) {
        const digest = transcript.challenge(step.challenge);
        assert.equal(hex(digest), step.digest);
        assert.equal(hex(digest.slice(0, 32)), step.seed);
        assert.equal(hex(encodeScalar(littleEndian(digest))), step.scalar);
      } else transcript.append(step.append, 'number' in step ? step.number : fromHex(step.data));
    }
  },
  'scalar.json': (c) => assert.equal(hex(encodeScalar(littleEndian(fromHex(c.digest)) % ORDER)), c.scalar),
  'weights.json': (c) => assert.equal(weight(fromHex(c.seed), c.index), littleEndian(fromHex(c.weight))),
  'generators.json': (c) => assert.equal(hex(encodeElement(generator(c.index))), c.element),
  'encodings.json': async (c) => {
    const read = c.as === 'element' ? decodeElement : decodeScalar;
    assert.equal(await accepts(() => (read(fromHex(c.bytes), 'it'), true)), c.valid);
  },
  'signature.json': async (c) => {
    const valid = await accepts(() => {
      const transcript = new Transcript('signature')
        .append('edition', fromHex(c.edition))
        .append('kind', utf8(c.kind))
        .append('body', fromHex(c.body));
      return holds([
        signatureEquation(transcript, decodeElement(fromHex(c.key), 'the key'), fromHex(c.signature)),
      ]);
    });
    assert.equal(valid, c.valid);
  },
  'knowledge.json': async (c) => {
    const valid = await accepts(() => {
      const elements = decodeElements(fromHex(c.elements), count(c.elements), 'elements');
      return holds(knowledgeEquations(transcriptOf(c), elements, fromHex(c.proof)));
    });
    assert.equal(valid, c.valid);
  },
  'equality.json': async (c) => {
    const valid = await accepts(() => {
      const list = (packed: string) => ({
        packed: fromHex(packed),
        points: decodeElements(fromHex(packed), count(packed), 'a list'),
      });
      const key = decodeElement(fromHex(c.key), 'the key');
      return verifyEquality(transcriptOf(c), key, list(c.bases), list(c.images), fromHex(c.proof));
    });
    assert.equal(valid, c.valid);
  },
  'shuffle.json': async (c) => {
    const valid = await accepts(() => {
      const list = (packed: string) =>
        decodeCiphertexts(fromHex(packed), Math.floor(packed.length / 128 / c.width), c.width, 'a list');
      return verifyShuffle(
        transcriptOf(c),
        decodeElement(fromHex(c.key), 'the key'),
        list(c.inputs),
        list(c.outputs),
        c.width,
        {
          permutation: fromHex(c.permutation_commitments),
          chain: fromHex(c.chain),
          chainCommitments: fromHex(c.chain_commitments),
          commitments: fromHex(c.commitments),
          s: fromHex(c.responses),
          chainS: fromHex(c.chain_responses),
          permutationS: fromHex(c.permutation_responses),
        },
      );
    });
    assert.equal(valid, c.valid);
  },
  'embedding.json': (c) => {
    if ('data' in c) assert.equal(hex(embed(fromHex(c.data))), c.element);
    else {
      const rule: BallotRule = {
        form: 'approval',
        least: 1,
        most: 1,
        points: null,
        knapsack: null,
        blank: true,
      };
      assert.deepEqual(readPlaintext(rule, [1], [fromHex(c.element)]), { invalid: c.reason });
    }
  },
  'content.json': (c) => {
    const rule = ruleOf(c.rule);
    assert.equal(ballotWidth(rule, c.costs.length), c.width);
    const read = unpackBallot(rule, c.costs, fromHex(c.packed));
    if ('reason' in c) assert.deepEqual(read, { invalid: c.reason });
    else {
      const given: number[] = c.points ?? [];
      const content = c.projects.map((project: number, i: number) => ({ project, points: given[i] ?? 1 }));
      assert.deepEqual(read, { content });
      assert.equal(hex(packBallot(rule, c.costs.length, content)), c.packed);
    }
  },
  'tie.json': (c) => assert.equal(hex(encodeElement(tieBase(c.pool, fromHex(c.edition)))), c.base),
  'lagrange.json': (c) =>
    assert.deepEqual(
      lagrange(c.trustees).map((factor) => hex(encodeScalar(factor))),
      c.coefficients,
    ),
  'declared.json': (c) => {
    const meta = c.meta as [string, string][];
    const type = new Map(meta).get('vote_type')!;
    const form =
      type === 'ordinal' ? 'ranking' : ['cumulative', 'scoring'].includes(type) ? 'points' : 'approval';
    const declared = () => parseRule('declared', [], form, new Set(c.ids as string[]), meta, 'it');
    if (c.rule === null) assert.throws(declared);
    else if (c.rule.threshold !== undefined) {
      // JSON has no numbers as large as thresholds may be.
      assert.deepEqual({ ...declared(), threshold: 0 }, { ...c.rule, threshold: 0 });
      assert.equal((declared() as { threshold: number }).threshold, Number(c.rule.threshold));
    } else assert.deepEqual(declared(), c.rule);
  },
  'extensions.json': async (c) => {
    const officials = c.officials.map((key: string) => decodeElement(fromHex(key), 'a key'));
    const edition = fromHex(c.edition);
    const term = new VotingTerm(c.opened, c.announced);
    const extend = (digits: string): void => {
      const bytes = fromHex(digits);
      const { kind, map } = decodeEntry(bytes);
      demand(kind === 'extension' && equalBytes(map.get(1) as Uint8Array, edition), 'of something else');
      term.extend({ index: 1, hash: leafHash(bytes), bytes, kind, map }, edition, officials);
    };
    c.before.forEach(extend);
    assert.equal(await accepts(() => (extend(c.bytes), true)), c.valid, c.about);
  },
  'contests.json': async (c) => {
    const officials = c.officials.map((key: string) => decodeElement(fromHex(key), 'a key'));
    const edition = fromHex(c.edition);
    const standing = new Map<number, Uint8Array>(
      c.ballots.map(([index, hash]: [number, string]) => [index, fromHex(hash)]),
    );
    const contests = new Contests(edition, officials, (index) => standing.get(index));
    const take = (digits: string): void => {
      const bytes = fromHex(digits);
      const { kind, map } = decodeEntry(bytes);
      demand(
        CONTEST_KINDS.includes(kind) && equalBytes(map.get(1) as Uint8Array, edition),
        'of something else',
      );
      contests.read({ index: 1, hash: leafHash(bytes), bytes, kind, map });
    };
    c.before.forEach(take);
    assert.equal(await accepts(() => (take(c.bytes), true)), c.valid, c.about);
  },
  'cards.json': (c) => {
    const leaves = c.serials.map((serial: string) => leafHash(fromHex(serial)));
    assert.deepEqual(leaves.map(hex), c.leaves);
    assert.equal(hex(merkleRoot(leaves)), c.root);
  },
  'paper.json': async (c) => {
    const key = (digits: string) => decodeElement(fromHex(digits), 'a key');
    const edition = fromHex(c.edition);
    // The parts of a manifest that matter here.
    const manifest = {
      hash: edition,
      registrarKey: key(c.registrar),
      officials: c.officials.map(key),
      pools: c.widths.map((width: number) => ({ width })),
      groups: c.groups.map(([pools, most]: [number[], number]) => ({ pools, most })),
      paper: {
        points: Array.from({ length: c.points }, (_, i) => `${i}`),
        batches: c.issued.map(([point, pool, cards, root]: [number, number, number, string]) => ({
          point,
          pool,
          cards,
          root: fromHex(root),
        })),
      },
    } as unknown as Manifest;
    const alphas = new Set<string>();
    const paper = new PaperVoting(manifest, {
      jointKey: key(c.joint_key),
      roll: new Map(c.roll),
      hours: () => [Math.floor(c.opened / 3600), Math.floor(c.closes / 3600)],
      noteHour: () => {},
      demandNew: (packed) => {
        demand(!alphas.has(hex(packed)), 'seen before');
        alphas.add(hex(packed));
      },
    });
    const take = (digits: string): void => {
      const bytes = fromHex(digits);
      const { kind, map } = decodeEntry(bytes);
      demand(equalBytes(map.get(1) as Uint8Array, edition), 'of something else');
      const entry = { index: 1, hash: leafHash(bytes), bytes, kind, map };
      if (kind === 'paper-mark') paper.mark(entry);
      else {
        demand(kind === 'paper-batch', 'of another kind');
        paper.batch(entry);
      }
    };
    c.before.forEach(take);
    assert.equal(await accepts(() => (take(c.bytes), true)), c.valid, c.about);
  },
  'entries.json': async (c) => {
    const bytes = fromHex(c.bytes);
    const readable = await accepts(() => {
      // Besides the entries the file may hold the manifest itself, which names its version where entries name E.
      if (MANIFEST_START.test(c.bytes)) return decodeManifest(bytes).hash.length === 32;
      const { kind, map } = decodeEntry(bytes);
      assert.deepEqual(encode(map), bytes);
      return kind === c.kind;
    });
    assert.equal(readable, c.valid);
    if (c.valid && 'hash' in c) assert.equal(hex(leafHash(bytes)), c.hash);
  },
};

const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];

if (files.length === 0) {
  test('test vectors', { skip: 'there are none in test/vectors' }, () => {});
}
for (const name of files) {
  const reader = READERS[name];
  const skip = reader ? false : 'its format is not known to this verifier';
  test(`test vectors of ${name}`, { skip }, async () => {
    const { cases } = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
    assert.ok(cases.length > 0);
    for (const [i, c] of cases.entries()) {
      try {
        await reader!(c);
      } catch (error) {
        throw new Error(`case ${i}: ${(error as Error).message}`);
      }
    }
  });
}
