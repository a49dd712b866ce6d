// SPDX-License-Identifier: EUPL-1.2

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { hash, hex, utf8 } from '../../verify/src/bytes.js';
import { merkleRoot } from '../../verify/src/merkle.js';
import { tilePath } from '../../verify/src/board.js';
import { hashesAbove } from '../../verify/src/merkle.js';
import {
  BallotError,
  castBallot,
  checkAgainstBoard,
  checkReceipt,
  makeBallot,
  makeReceipt,
  nextBallot,
  type Acknowledgement,
  type Choice,
  type Edition,
  type Receipt,
  type ReceiptFile,
} from '../src/index.js';
import { rootOfInclusion, rootsFromTiles } from '../src/tree.js';
import { numbers, spoilt } from './hostile.js';
import { inclusionProof, load, Town, voterOf, type Voter } from './town.js';

const approve = (...projects: number[]): Choice => ({ kind: 'approval', projects });

/** Casts a ballot as a page does. */
async function vote(
  town: Town,
  edition: Edition,
  { certificate, key }: Voter,
  pool = 0,
  choice: Choice = approve(1),
): Promise<ReceiptFile> {
  const next = await nextBallot(edition, certificate.pseudonym, pool, town.fetch);
  const ballot = makeBallot(edition, pool, choice, certificate, key, next);
  const outcome = await castBallot(edition, ballot.entry, 'ticket', { fetch: town.fetch });
  assert.equal(outcome.kind, 'recorded');
  return makeReceipt((outcome as { acknowledgement: Acknowledgement }).acknowledgement, ballot, edition);
}

const town = new Town();
const edition = await load(town);
const text = (file: ReceiptFile): string => new TextDecoder().decode(file.bytes);
const retold = (file: ReceiptFile, change: (told: any) => void): Uint8Array => {
  const told = JSON.parse(text(file));
  change(told);
  return utf8(`${JSON.stringify(told, null, 2)}\n`);
};

test('a receipt holds without a network, with and without the manifest', async () => {
  const file = await vote(town, edition, voterOf(town, edition));
  assert.match(file.name, /^urna-[0-9A-Z-]{19}\.json$/);
  const checked = checkReceipt(file.bytes, edition);
  assert.ok(checked.ok);
  assert.deepEqual(checked.receipt, file.receipt);
  assert.equal(checked.size, town.record.entries.length);
  assert.deepEqual([checked.witnesses, checked.witnessed, checked.trust], [[], false, 'manifest']);
  const alone = checkReceipt(file.bytes);
  assert.ok(alone.ok && alone.trust === 'receipt');
  // As a mail program or an editor may have left it.
  assert.ok(checkReceipt(utf8(`\uFEFF${text(file).replaceAll('\n', '\r\n')}\n`), edition).ok);
  // It says nothing about the choice or the voter.
  assert.deepEqual(Object.keys(JSON.parse(text(file))).sort(), [
    'board',
    'code',
    'edition',
    'entry',
    'form',
    'index',
    'pool',
    'receipt',
  ]);
});

test('a receipt that was touched is refused, and the reason told', async () => {
  const file = await vote(town, edition, voterOf(town, edition, { name: 'second' }));
  const reason = (bytes: Uint8Array, of: Edition | undefined = edition): string => {
    const checked = checkReceipt(bytes, of);
    return checked.ok ? 'ok' : checked.reason;
  };
  for (const one of spoilt(file.bytes, 13, 300)) {
    // White space at the end is the one thing that may differ.
    const same = new TextDecoder().decode(one).trimEnd() === text(file).trimEnd();
    assert.equal(reason(one) === 'ok', same, new TextDecoder().decode(one));
  }
  const otherHash = hex(hash(utf8('another')));
  assert.equal(reason(retold(file, (t) => (t.edition = otherHash))), 'other-edition');
  assert.equal(reason(retold(file, (t) => (t.entry = otherHash))), 'inconsistent');
  assert.equal(reason(retold(file, (t) => (t.code = '0000-0000-0000-0000'))), 'inconsistent');
  assert.equal(reason(retold(file, (t) => (t.index += 1))), 'inconsistent');
  assert.equal(reason(retold(file, (t) => (t.pool = 3))), 'inconsistent');
  assert.equal(reason(retold(file, (t) => (t.more = 1))), 'malformed');
  assert.equal(reason(retold(file, (t) => (t.board.more = 1))), 'malformed');
  assert.equal(reason(retold(file, (t) => (t.board.witnesses[0].more = 1))), 'malformed');
  assert.equal(reason(utf8(text(file).replace('"pool": 0', '"pool": 1,\n  "pool": 0'))), 'malformed');
  assert.equal(reason(utf8('x'.repeat(300_000))), 'malformed');
  assert.equal(reason(retold(file, (t) => (t.board.quorum = 0))), 'inconsistent');
  const otherKey = retold(file, (t) => (t.board.key = otherHash));
  assert.equal(reason(otherKey), 'inconsistent');
  const alone = checkReceipt(otherKey);
  assert.ok(!alone.ok && alone.reason === 'unsigned');
  // A receipt of another board, for the manifest of this one.
  const elsewhere = new Town();
  const otherEdition = await load(elsewhere);
  const foreign = await vote(elsewhere, otherEdition, voterOf(elsewhere, otherEdition));
  assert.equal(reason(foreign.bytes), 'other-edition');
  assert.equal(reason(retold(foreign, (t) => (t.edition = edition.hash))), 'inconsistent');
  const disguised = retold(foreign, (t) => {
    t.edition = edition.hash;
    t.board = JSON.parse(text(file)).board;
  });
  assert.equal(reason(disguised), 'unsigned');
});

test('an answer that does not show the ballot makes no receipt', async () => {
  const voter = voterOf(town, edition, { name: 'third' });
  const ballot = makeBallot(edition, 0, approve(2), voter.certificate, voter.key, {
    counter: 0,
    previous: null,
  });
  const outcome = await castBallot(edition, ballot.entry, 't', { fetch: town.fetch });
  assert.ok(outcome.kind === 'recorded');
  const { acknowledgement } = outcome;
  assert.ok(makeReceipt(acknowledgement, ballot, edition));
  const others = await vote(town, edition, voterOf(town, edition, { name: 'fourth' }));
  const wrong: Partial<Acknowledgement>[] = [
    { index: acknowledgement.index + 1 },
    { entry: others.receipt.entry },
    { receipt: btoa(String.fromCharCode(...others.receipt.boardReceipt)) },
    { receipt: '' },
    { receipt: `${acknowledgement.receipt}A` },
  ];
  for (const one of wrong) {
    assert.throws(() => makeReceipt({ ...acknowledgement, ...one }, ballot, edition), BallotError);
  }
  const bytes = Uint8Array.from(atob(acknowledgement.receipt), (c) => c.charCodeAt(0));
  for (const one of spoilt(bytes, 37, 100)) {
    const receipt = btoa(String.fromCharCode(...one));
    assert.throws(() => makeReceipt({ ...acknowledgement, receipt }, ballot, edition), BallotError);
  }
});

test('the board tells what became of a ballot', async () => {
  const here = new Town();
  const of = await load(here);
  const voter = voterOf(here, of);
  const check = (receipt: Receipt, thorough = true): ReturnType<typeof checkAgainstBoard> =>
    checkAgainstBoard(receipt, of, { fetch: here.fetch, thorough });
  const standing = async (file: ReceiptFile, thorough = true): Promise<unknown> => {
    const checked = await check(file.receipt, thorough);
    return checked.ok ? checked.standing : checked.reason;
  };

  const one = await vote(here, of, voter);
  assert.equal(await standing(one), 'counts');
  const light = await check(one.receipt, false);
  assert.ok(light.ok && light.standing === 'counts' && !light.proven);

  const two = await vote(here, of, voter, 0, approve(2));
  assert.deepEqual([await standing(one), await standing(two)], ['superseded', 'counts']);
  assert.deepEqual([await standing(one, false), await standing(two, false)], ['superseded', 'counts']);

  // Higher assurance takes the place, and later ones of lower assurance do not take it back.
  const strong = voterOf(here, of, { level: 3 });
  const three = await vote(here, of, strong, 0, approve(3));
  const four = await vote(here, of, voter, 0, approve(1));
  assert.deepEqual(
    [await standing(two), await standing(three), await standing(four)],
    ['superseded', 'counts', 'superseded'],
  );

  // Frozen until it is decided, whatever else would become of it.
  here.add(here.freeze(two.receipt.index, three.receipt.index));
  assert.deepEqual([await standing(two), await standing(three)], ['frozen', 'frozen']);
  here.add(here.upholding(two.receipt.index, 'freeze'));
  here.add(here.annulment(three.receipt.index));
  assert.deepEqual([await standing(two), await standing(three)], ['superseded', 'annulled']);
  here.add(here.upholding(three.receipt.index, 'annulment'));
  assert.deepEqual([await standing(three), await standing(four)], ['counts', 'superseded']);

  here.add(here.annulment(three.receipt.index));
  assert.deepEqual([await standing(three), await standing(four)], ['annulled', 'counts']);

  // At most one of pools 1 and 2.
  const points: Choice = { kind: 'points', points: new Map([[1, 5]]) };
  const five = await vote(here, of, voter, 1, points);
  assert.equal(await standing(five), 'counts');
  const six = await vote(here, of, voter, 2, approve(1));
  assert.deepEqual([await standing(five), await standing(six)], ['over-the-group-limit', 'counts']);
});

test('policies "first" and "void"', async () => {
  for (const [policy, expected] of [
    ['first', ['counts', 'superseded']],
    ['void', ['void', 'void']],
  ] as const) {
    const here = new Town((fields) => fields.set(7, policy));
    const of = await load(here);
    const voter = voterOf(here, of);
    const files = [await vote(here, of, voter), await vote(here, of, voter)];
    const standings = await Promise.all(
      files.map(async (file) => {
        const checked = await checkAgainstBoard(file.receipt, of, { fetch: here.fetch });
        return checked.ok && checked.standing;
      }),
    );
    assert.deepEqual(standings, expected);
  }
});

test('a board that changed its history is caught', async () => {
  const here = new Town();
  const of = await load(here);
  const file = await vote(here, of, voterOf(here, of));
  await vote(here, of, voterOf(here, of, { name: 'second' }), 0, approve(2));
  const original = [...here.record.entries];
  const reason = async (thorough: boolean): Promise<unknown> => {
    const checked = await checkAgainstBoard(file.receipt, of, { fetch: here.fetch, thorough });
    return checked.ok ? 'ok' : checked.reason;
  };
  const rewritten = (change: (entries: Uint8Array[]) => void): void => {
    const { entries } = here.record;
    entries.splice(0, entries.length, ...original);
    change(entries);
    here.seal();
  };
  for (const thorough of [true, false]) {
    rewritten(() => undefined);
    assert.equal(await reason(thorough), 'ok');
    rewritten((entries) => entries.splice(file.receipt.index, 1, entries.at(-1)!));
    assert.equal(await reason(thorough), 'history-changed');
    rewritten((entries) => entries.splice(file.receipt.index, 2));
    assert.equal(await reason(thorough), 'shorter');
    rewritten((entries) => entries.splice(3, 2, entries[4]!, entries[3]!));
    assert.equal(await reason(thorough), 'history-changed');
  }
  // Tiles or entries that do not fit the signed checkpoint, another board's checkpoint, no answer.
  rewritten(() => undefined);
  const but =
    (path: RegExp, answer: () => Response | Promise<Response>): typeof fetch =>
    async (url, options) =>
      path.test(new URL(url as string).pathname) ? answer() : here.fetch(url, options);
  const elsewhere = new Town();
  const tries: [RegExp, () => Response | Promise<Response>, string][] = [
    [/^\/checkpoint$/, () => elsewhere.fetch('https://box.test/checkpoint'), 'unsigned'],
    [/^\/checkpoint$/, () => new Response('nonsense'), 'malformed'],
    [/^\/checkpoint$/, () => new Response('', { status: 503 }), 'unreachable'],
    [/^\/checkpoint$/, () => Promise.reject(new TypeError('failed to fetch')), 'unreachable'],
    [/^\/tile\//, () => new Response('', { status: 404 }), 'malformed'],
    [/^\/tile\//, () => new Response(new Uint8Array(32 * 14)), 'malformed'],
  ];
  for (const [path, answer, expected] of tries) {
    for (const thorough of [true, false]) {
      const checked = await checkAgainstBoard(file.receipt, of, { fetch: but(path, answer), thorough });
      assert.equal(checked.ok ? 'ok' : checked.reason, expected, `${path} ${thorough}`);
    }
  }
});

test('roots of two trees from tiles, and inclusion proofs, for many sizes', async () => {
  const next = numbers(5);
  const all = Array.from({ length: 65_537 }, (_, i) => hash(utf8(String(i))));
  for (const size of [0, 1, 2, 3, 7, 255, 256, 257, 512, 1000, 65_537]) {
    const leaves = all.slice(0, size);
    const files = new Map<string, Uint8Array>();
    let level: readonly Uint8Array[] = leaves;
    for (let number = 0; level.length > 0; number++, level = hashesAbove(level)) {
      for (let index = 0; 256 * index < level.length; index++) {
        const tile = level.slice(256 * index, 256 * index + 256);
        files.set(
          tilePath(String(number), index, tile.length),
          new Uint8Array(tile.flatMap((one) => [...one])),
        );
      }
    }
    let reads = 0;
    const read = async (path: string): Promise<Uint8Array | undefined> => {
      reads++;
      return files.get(path);
    };
    const root = hex(merkleRoot(leaves));
    const earlierSizes = [0, size - 1, size, next(size + 1)].filter((one) => one >= 0 && one <= size);
    for (const earlier of earlierSizes) {
      reads = 0;
      const roots = await rootsFromTiles(read, size, earlier);
      assert.equal(hex(roots.root), root, `${size}`);
      assert.equal(
        hex(roots.earlierRoot),
        hex(merkleRoot(leaves.slice(0, earlier))),
        `${earlier} of ${size}`,
      );
      assert.ok(reads <= 8, `${reads} tiles for ${earlier} of ${size}`);
    }
    if (size === 0) continue;
    for (const index of [size - 1, next(size)]) {
      const proof = inclusionProof(index, leaves);
      assert.equal(hex(rootOfInclusion(leaves[index]!, index, size, proof)), root);
      assert.throws(() => rootOfInclusion(leaves[index]!, size, size, proof));
      if (size < 2) continue;
      assert.throws(() => rootOfInclusion(leaves[index]!, index, size, proof.slice(1)));
      assert.throws(() => rootOfInclusion(leaves[index]!, index, size, [...proof, leaves[0]!]));
      const other = index === 0 ? 1 : index - 1;
      let elsewhere: string | undefined;
      try {
        elsewhere = hex(rootOfInclusion(leaves[index]!, other, size, proof));
      } catch {
        elsewhere = undefined;
      }
      assert.notEqual(elsewhere, root);
    }
  }
});
