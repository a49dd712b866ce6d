// SPDX-License-Identifier: EUPL-1.2
// Whole records: an honest one is accepted, and each of many changes is refused at the right step.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { decode, encode, type Cbor, type CborMap } from '../src/cbor.js';
import { encodeElement, G, IDENTITY } from '../src/group.js';
import { DirectorySource } from '../src/node-source.js';
import type { Step, Verdict } from '../src/report.js';
import { FilesSource, HttpSource, MemorySource } from '../src/source.js';
import { verifyRecord } from '../src/verify.js';
import { newKey } from './prover.js';
import {
  makeRecord,
  manifestEntry,
  smallVotes,
  type BuiltRecord,
  type Fields,
  type RecordOptions,
} from './record.js';

const honest = makeRecord();
const sealed = honest.seal();

const verify = (files: ReadonlyMap<string, Uint8Array>): Promise<Verdict> =>
  verifyRecord(new MemorySource(files));

function assertRefused(verdict: Verdict, step: Step, problem?: RegExp, entry?: number): void {
  assert.equal(verdict.accepted, false, `accepted, expected refusal at ${step}`);
  const { failure } = verdict;
  assert.equal(failure!.step, step, failure!.problem);
  if (problem) assert.match(failure!.problem, problem);
  if (entry !== undefined) assert.equal(failure!.entry, entry, failure!.problem);
  assert.ok(failure!.meaning.pl.length > 20 && failure!.meaning.en.length > 20);
}

const kinds = honest.entries.map((entry) => (decode(entry) as CborMap).get(0) as string);
const indexOf = (kind: string, count = 0): number => kinds.flatMap((k, i) => (k === kind ? [i] : []))[count]!;

/** The honest record with its entries changed and the log made to fit. */
function withEntries(change: (entries: Uint8Array[]) => void): Map<string, Uint8Array> {
  const entries = [...honest.entries];
  change(entries);
  return resealed(honest, entries);
}

function resealed(record: BuiltRecord, entries: Uint8Array[]): Map<string, Uint8Array> {
  const before = record.entries.splice(0, record.entries.length, ...entries);
  try {
    return record.seal();
  } finally {
    record.entries.splice(0, record.entries.length, ...before);
  }
}

function changedEntry(entry: Uint8Array, change: (fields: Fields) => void): Uint8Array {
  const map = new Map(decode(entry) as CborMap);
  change(map);
  return encode(map);
}

test('an honest record is accepted', async () => {
  const steps = new Set<Step>();
  const verdict = await verifyRecord(new MemorySource(sealed), {
    manifestHash: honest.manifest.hash,
    onProgress: ({ step }) => steps.add(step),
  });
  assert.equal(verdict.failure, undefined);
  assert.equal(verdict.accepted, true);
  assert.equal(steps.size, 10);
  assert.equal(verdict.allWinnersRecomputed, true);
  assert.equal(verdict.filesListed, true);
  assert.deepEqual(
    verdict.pools.map(({ ballots, counted, withheld, valid, blank, invalid }) => [
      ballots,
      counted,
      withheld,
      valid,
      blank,
      invalid,
    ]),
    [
      [6, 4, false, 3, 0, 1],
      [4, 3, false, 3, 1, 0],
      [1, 1, true, undefined, undefined, undefined],
    ],
  );
  assert.ok(verdict.pools[0]!.winners!.length > 0);
});

test('another manifest hash than expected', async () => {
  const verdict = await verifyRecord(new MemorySource(sealed), { manifestHash: new Uint8Array(32) });
  assertRefused(verdict, 'manifest', /expected was 0000/);
  assert.equal(verdict.failure!.file, 'manifest.cbor');
});

const STEP_OF_FILE: [RegExp, Step][] = [
  [/^(checkpoint|checkpoints\/.*|tile\/.*)$/, 'log'],
  [/^manifest/, 'manifest'],
  [/^roll/, 'roll'],
  [/^mix/, 'mix'],
  [/^(decryption|plaintexts)/, 'decryption'],
  [/^result/, 'result'],
];
const stepOfFile = (path: string): Step => STEP_OF_FILE.find(([pattern]) => pattern.test(path))![1];

test('every file matters: a byte changed or cut off, the file removed', async () => {
  const seen = new Set<string>();
  for (const [path, bytes] of sealed) {
    const refused = async (changed: Uint8Array): Promise<void> => {
      const verdict = await verify(new Map(sealed).set(path, changed));
      assertRefused(verdict, stepOfFile(path));
      assert.ok(verdict.failure!.file === path || /^(tile.entries|manifest)/.test(path), path);
    };
    const middle = bytes.slice();
    middle[bytes.length >> 1]! ^= 1;
    await refused(middle);

    // The rest once for each folder.
    const folder = path.split('/')[0]!;
    if (seen.has(folder)) continue;
    seen.add(folder);
    const first = bytes.slice();
    first[0]! ^= 1;
    await refused(first);
    await refused(bytes.slice(0, -1));
    const without = new Map(sealed);
    without.delete(path);
    assertRefused(await verify(without), stepOfFile(path), /missing/);
  }
});

test('no further file is accepted', async () => {
  for (const path of ['x', 'tile/0/001', 'mix/0-01.cbor', 'checkpoints/x']) {
    assertRefused(await verify(new Map(sealed).set(path, new Uint8Array())), 'files', /does not belong/);
  }
});

test('partial tiles of earlier trees may remain, if they are beginnings of the present ones', async () => {
  const n = honest.entries.length;
  const hashes = sealed.get(`tile/0/000.p/${n}`)!;
  assert.equal((await verify(new Map(sealed).set('tile/0/000.p/5', hashes.slice(0, 160)))).accepted, true);
  assertRefused(await verify(new Map(sealed).set('tile/0/000.p/5', hashes.slice(32, 192))), 'log', /tile/);
  assertRefused(await verify(new Map(sealed).set('tile/0/000', hashes)), 'files');
});

const STEP_OF_KIND: Record<string, Step> = {
  manifest: 'manifest',
  'dealing-commitment': 'ceremony',
  dealing: 'ceremony',
  acceptance: 'ceremony',
  roll: 'roll',
  opening: 'roll',
  ballot: 'ballots',
  audited: 'ballots',
  freeze: 'ballots',
  annulment: 'ballots',
  upholding: 'ballots',
  'roll-addition': 'ballots',
  'paper-mark': 'ballots',
  extension: 'ballots',
  closing: 'ballots',
  issuance: 'ballots',
  'paper-batch': 'ballots',
  counted: 'counted',
  withheld: 'counted',
  mix: 'mix',
  decryption: 'decryption',
  result: 'result',
};

/** Kinds of entries and their steps. Nobody votes on paper in this record; the program's false records do that. */
const stepsHere = Object.entries(STEP_OF_KIND).filter(([kind]) => !kind.startsWith('paper-'));

/** The first and the last entry of each kind but the manifest. */
const samples = [
  ...new Set(kinds.slice(1).flatMap((kind) => [kinds.indexOf(kind), kinds.lastIndexOf(kind)])),
];

test('every kind of entry matters, even if the log is made to fit', async () => {
  for (const index of samples) {
    const entry = honest.entries[index]!;
    const last = entry.slice();
    last[last.length - 1]! ^= 1;
    const early = entry.slice();
    early[20]! ^= 1;
    for (const changed of [last, early, Uint8Array.from([...entry, 0])]) {
      const verdict = await verify(withEntries((entries) => (entries[index] = changed)));
      // An audited ciphertext is signed by nobody: another element is another audited ciphertext.
      if (kinds[index] === 'audited' && verdict.accepted) continue;
      assertRefused(verdict, STEP_OF_KIND[kinds[index]!]!);
    }
  }
});

test('entries removed, doubled, exchanged', async () => {
  for (const index of samples) {
    const removed = await verify(withEntries((entries) => entries.splice(index, 1)));
    assert.equal(removed.accepted, false, kinds[index]);
    const doubled = await verify(withEntries((entries) => entries.splice(index, 0, entries[index]!)));
    assert.equal(doubled.accepted, false, kinds[index]);
  }
  const swapped = withEntries((entries) => {
    const i = indexOf('dealing');
    [entries[i], entries[i + 1]] = [entries[i + 1]!, entries[i]!];
  });
  assertRefused(await verify(swapped), 'ceremony');
});

test('a record that ends too early is incomplete', async () => {
  const expected: [number, Step][] = [
    [indexOf('dealing'), 'ceremony'],
    [indexOf('opening'), 'roll'],
    [indexOf('closing'), 'ballots'],
    [indexOf('issuance'), 'ballots'],
    [indexOf('counted', 1), 'counted'],
    [indexOf('mix', 1), 'mix'],
    [indexOf('decryption', 1), 'decryption'],
    [indexOf('result'), 'result'],
    [indexOf('withheld'), 'mix'],
  ];
  for (const [length, step] of expected) {
    const verdict = await verify(withEntries((entries) => entries.splice(length)));
    assertRefused(verdict, step, undefined, length);
    assert.match(verdict.failure!.meaning.en, /ends too early/);
  }
});

test('an entry of an unknown kind is refused at its phase', async () => {
  const unknown = changedEntry(honest.entries[indexOf('audited')]!, (fields) => fields.set(0, 'complaint'));
  for (const [kind, step] of stepsHere) {
    if (['manifest', 'decryption', 'result', 'withheld'].includes(kind)) continue;
    const verdict = await verify(withEntries((entries) => entries.splice(indexOf(kind), 0, unknown)));
    assertRefused(verdict, step, /complaint/, indexOf(kind));
  }
  assertRefused(await verify(withEntries((entries) => entries.push(unknown))), 'mix', /complaint/);
});

test('an entry at a wrong place is refused at the step of its kind', async () => {
  const moved: [string, string, Step][] = [
    ['ballot', 'roll', 'ballots'],
    ['mix', 'counted', 'mix'],
    ['manifest', 'opening', 'manifest'],
    ['acceptance', 'result', 'ceremony'],
  ];
  for (const [kind, before, step] of moved) {
    const entry = honest.entries[indexOf(kind)]!;
    const files = withEntries((entries) => entries.splice(indexOf(before), 0, entry));
    assertRefused(await verify(files), step, undefined, indexOf(before));
  }
});

test('the first entry names the manifest by hash and size', async () => {
  const first = honest.entries[0]!;
  const changes = [
    (fields: Fields) => fields.set(1, new Uint8Array(32)),
    (fields: Fields) => fields.set(2, (fields.get(2) as number) + 1),
    (fields: Fields) => fields.set(3, 0),
    (fields: Fields) => fields.set(0, 'roll'),
  ];
  for (const change of changes) {
    const files = withEntries((entries) => (entries[0] = changedEntry(first, change)));
    assertRefused(await verify(files), 'manifest', undefined, 0);
  }
  assertRefused(await verify(withEntries((entries) => entries.splice(0))), 'manifest', /empty/, 0);
});

/** A record in which a party says something else, and signs it. */
async function dishonest(options: RecordOptions, change?: (record: BuiltRecord) => void): Promise<Verdict> {
  const record = makeRecord(smallVotes(), options);
  change?.(record);
  return verify(record.seal());
}

/** Changes the structure number `count` of a kind before it is signed. */
function tweaking(kind: string, count: number, change: (fields: Fields) => void): RecordOptions {
  return {
    tweak: (k, fields, c) => {
      if (k === kind && c === count) change(fields);
    },
  };
}

const set = (key: number, value: Cbor) => (fields: Fields) => void fields.set(key, value);
const add = (key: number, amount: number) => (fields: Fields) =>
  void fields.set(key, (fields.get(key) as number) + amount);

const TWEAKS: [name: string, step: Step, problem: RegExp, options: RecordOptions][] = [
  ['dealing by another trustee', 'ceremony', /trustee 1/, tweaking('dealing', 0, set(2, 2))],
  [
    'commitment to another dealing',
    'ceremony',
    /committed/,
    tweaking('dealing-commitment', 1, set(3, new Uint8Array(32))),
  ],
  [
    'acceptance of other dealings',
    'ceremony',
    /other dealings/,
    tweaking('acceptance', 2, set(3, new Uint8Array(32))),
  ],
  [
    'acceptance of another key',
    'ceremony',
    /joint key/,
    tweaking('acceptance', 0, set(4, encodeElement(newKey().key))),
  ],
  ['roll of another size', 'roll', /people/, tweaking('roll', 0, add(2, 1))],
  ['another roll', 'roll', /registrar signed/, tweaking('roll', 0, set(3, new Uint8Array(32)))],
  [
    'opening with another key',
    'roll',
    /joint key/,
    tweaking('opening', 0, set(2, encodeElement(newKey().key))),
  ],
  ['opening with another roll', 'roll', /another roll/, tweaking('opening', 0, set(3, new Uint8Array(32)))],
  ['extension after the end', 'ballots', /was over/, tweaking('extension', 0, add(2, 50_000))],
  ['extension before the opening', 'ballots', /before the opening/, tweaking('extension', 0, set(2, 5))],
  ['extension of another end', 'ballots', /not in force/, tweaking('extension', 0, add(3, 1))],
  ['extension that shortens', 'ballots', /shortens/, tweaking('extension', 0, add(4, -60_001))],
  ['extension to the same end', 'ballots', /shortens/, tweaking('extension', 0, add(4, -60_000))],
  ['extension of months', 'ballots', /31 days/, tweaking('extension', 0, add(4, 31 * 86_400))],
  ['extension without a reason', 'ballots', /reason|field 5/, tweaking('extension', 0, set(5, ''))],
  ['extension with a long reason', 'ballots', /field 6/, tweaking('extension', 0, set(6, 'x'.repeat(1025)))],
  ['extension with a line break', 'ballots', /control character/, tweaking('extension', 0, set(6, 'a\nb'))],
  [
    'closing before the extension',
    'ballots',
    /before it was extended/,
    tweaking('closing', 0, add(2, -100_001)),
  ],
  [
    'certificate after the end in force',
    'ballots',
    /younger than the end/,
    tweaking('extension', 0, add(4, -50_000)),
  ],
  ['opening after closing', 'ballots', /before it was opened|older/, tweaking('opening', 0, add(4, 200_000))],
  [
    'person already on the roll',
    'ballots',
    /on the roll already/,
    tweaking('roll-addition', 0, (fields) => fields.set(2, takenPseudonym())),
  ],
  ['audited ciphertext too short', 'ballots', /bytes/, tweaking('audited', 0, set(3, new Uint8Array(32)))],
  ['certificate of a level too low', 'ballots', /between 2 and 4/, tweaking('certificate', 0, set(3, 1))],
  ['certificate too old', 'ballots', /older/, tweaking('certificate', 0, add(5, -2))],
  ['certificate too young', 'ballots', /younger than the end/, tweaking('certificate', 1, add(5, 40))],
  [
    'closing before a certificate',
    'ballots',
    /younger than the closing/,
    tweaking('closing', 0, add(2, -60_000)),
  ],
  ['certificate of a serial number used before', 'ballots', /serial/, tweaking('certificate', 1, set(6, 0))],
  ['certificate without the pool', 'ballots', /list the pool/, tweaking('certificate', 1, set(4, [1, 2]))],
  [
    'certificate of a stranger',
    'ballots',
    /not on the roll/,
    tweaking('certificate', 0, set(1, new Uint8Array(32))),
  ],
  ['wrong counter', 'ballots', /counter/, tweaking('ballot', 4, set(4, 0))],
  ['wrong previous ballot', 'ballots', /previous/, tweaking('ballot', 4, set(5, new Uint8Array(32)))],
  [
    'previous ballot of a first one',
    'ballots',
    /previous/,
    tweaking('ballot', 0, set(5, new Uint8Array(32))),
  ],
  ['ballot of another pool', 'ballots', /.*/, tweaking('ballot', 0, set(2, 2))],
  ['pool that does not exist', 'ballots', /between/, tweaking('ballot', 0, set(2, 3))],
  ['annulment of no ballot', 'ballots', /no ballot/, tweaking('annulment', 0, set(2, 1))],
  [
    'annulment of another ballot',
    'ballots',
    /another ballot/,
    tweaking('annulment', 0, set(3, new Uint8Array(32))),
  ],
  ['annulment without reason', 'ballots', /bytes/, tweaking('annulment', 0, set(4, ''))],
  ['annulment with a strange reason', 'ballots', /forbidden/, tweaking('annulment', 0, set(4, 'Śmierć'))],
  ['freeze of no ballot', 'ballots', /no ballot/, tweaking('freeze', 1, set(2, [[1, new Uint8Array(32)]]))],
  ['freeze of nothing', 'ballots', /field 2/, tweaking('freeze', 0, set(2, []))],
  ['freeze without a case', 'ballots', /field 3/, tweaking('freeze', 0, set(3, ''))],
  ['freeze with another case', 'ballots', /of the form/, tweaking('freeze', 0, set(3, 'ABCDI-FGHJK'))],
  ['freeze with a strange reason', 'ballots', /forbidden/, tweaking('freeze', 0, set(4, 'Skarga'))],
  ['upholding of no ballot', 'ballots', /no ballot/, tweaking('upholding', 0, set(2, 1))],
  [
    'upholding of another ballot',
    'ballots',
    /another ballot/,
    tweaking('upholding', 0, set(3, new Uint8Array(32))),
  ],
  [
    'upholding against an annulment',
    'ballots',
    /no annulment/,
    tweaking('upholding', 0, set(4, 'annulment')),
  ],
  ['upholding against nothing', 'ballots', /neither/, tweaking('upholding', 0, set(4, 'closing'))],
  ['upholding without a case', 'ballots', /field 5/, tweaking('upholding', 0, set(5, 'case 7'))],
  ['upholding with a strange reason', 'ballots', /forbidden/, tweaking('upholding', 0, set(6, 'OK'))],
  ['fewer certificates than serial numbers', 'ballots', /not below/, tweaking('issuance', 0, add(2, -1))],
  ['more ballots counted', 'counted', /there are 4/, tweaking('counted', 0, add(3, 1))],
  ['other ballots counted', 'counted', /other ballots/, tweaking('counted', 1, set(4, new Uint8Array(32)))],
  ['withheld ballots of another number', 'counted', /number/, tweaking('withheld', 0, set(3, 0))],
  ['mix by a trustee who mixed before', 'mix', /mixed pool 0 before/, tweaking('mix', 1, set(4, 1))],
  ['mix of another round', 'mix', /round/, tweaking('mix', 1, set(3, 1))],
  ['mix file of another size', 'mix', /bytes/, tweaking('mix', 0, add(6, 1))],
  ['mix file of another hash', 'mix', /hash/, tweaking('mix', 0, set(5, new Uint8Array(32)))],
  ['too few mixes', 'decryption', /too seldom/, { rounds: 1 }],
  ['too few decryptions', 'result', /too few/, { decrypting: [2] }],
  ['decryptions out of order', 'decryption', /ascend/, { decrypting: [3, 1] }],
  ['decryption by the same trustee twice', 'decryption', /ascend/, { decrypting: [2, 2] }],
  ['another tie seed', 'result', /tie seed/, tweaking('result', 0, set(3, new Uint8Array(32)))],
  ['another file of plaintexts', 'result', /plaintexts/, tweaking('result', 0, set(4, new Uint8Array(32)))],
  ['another list of ballots', 'result', /list of ballots/, tweaking('result', 1, set(5, new Uint8Array(32)))],
  ['more valid ballots', 'result', /valid/, tweaking('result', 0, add(6, 1))],
  ['more blank ballots', 'result', /blank/, tweaking('result', 1, add(7, 1))],
  ['no invalid ballots', 'result', /invalid/, tweaking('result', 0, set(8, Array<number>(10).fill(0)))],
  [
    'nine numbers of invalid ballots',
    'result',
    /9 items/,
    tweaking('result', 0, set(8, Array<number>(9).fill(0))),
  ],
  ['other winners', 'result', /winners/, tweaking('result', 0, set(9, [4]))],
  ['winners of another cost', 'result', /cost/, tweaking('result', 0, add(10, 1))],
  ['a winner twice', 'result', /twice/, tweaking('result', 0, set(9, [1, 1]))],
  ['an unknown field', 'ballots', /unknown key|lacks/, tweaking('closing', 0, set(3, 1))],
];

/** The pseudonym of the first voter, the same in all these records. */
function takenPseudonym(): Uint8Array {
  const certificate = (decode(honest.entries[indexOf('ballot')]!) as CborMap).get(3) as CborMap;
  return certificate.get(1) as Uint8Array;
}

for (const [name, step, problem, options] of TWEAKS) {
  test(`refused: ${name}`, async () => assertRefused(await dishonest(options), step, problem));
}

test('an annulment that comes twice', async () => {
  const verdict = await dishonest({}, (record) => {
    const index = record.entries.findIndex((entry) => (decode(entry) as CborMap).get(0) === 'annulment');
    record.entries.splice(index, 0, record.entries[index]!);
  });
  assertRefused(verdict, 'ballots', /annulled before/);
});

test('nothing is counted while a ballot is frozen', async () => {
  const undecided = withEntries((entries) => entries.splice(kinds.lastIndexOf('upholding'), 1));
  assertRefused(await verify(undecided), 'counted', /is frozen/);
  // Without the freeze there is nothing to decide.
  const neither = withEntries((entries) => entries.splice(kinds.lastIndexOf('upholding') - 1, 2));
  assert.equal((await verify(neither)).accepted, true);
});

test('signatures by someone else', async () => {
  const first: [string, number][] = stepsHere.map(([kind]) => [kind, indexOf(kind)]);
  for (const [kind, index] of first) {
    if (['manifest', 'audited', 'counted', 'withheld', 'result', 'dealing'].includes(kind)) continue;
    const other = kinds.findIndex((k, i) => k === kind && i !== index);
    const donor = decode(honest.entries[other === -1 ? indexOf('dealing') : other]!) as CborMap;
    const foreign = [...donor.values()].at(-1)!;
    const verdict = await verify(
      withEntries((entries) => {
        entries[index] = changedEntry(entries[index]!, (fields) => {
          fields.set(Math.max(...fields.keys()), foreign);
        });
      }),
    );
    assertRefused(verdict, STEP_OF_KIND[kind]!, /signature|not an array/, index);
  }
});

/** So many that an approval takes two elements. */
function wideProjects(): Cbor[] {
  return Array.from({ length: 300 }, (_, i) => [`W${i}`, 10_000, '']);
}

test('a copied ciphertext is refused', async () => {
  const audited = (decode(honest.entries[indexOf('audited')]!) as CborMap).get(3)!;
  assertRefused(await dishonest(tweaking('ballot', 0, set(6, audited))), 'ballots');
  const copied = withEntries((entries) => {
    const ballot = decode(entries[indexOf('ballot')]!) as CborMap;
    const i = indexOf('audited');
    entries[i] = changedEntry(entries[i]!, set(3, ballot.get(6)!));
  });
  assertRefused(await verify(copied), 'ballots', /appeared before/, indexOf('ballot'));

  // Nor may an audited ciphertext repeat a ballot's, or a ciphertext of several pairs its own α.
  const own = (decode(honest.entries[indexOf('ballot')]!) as CborMap).get(6)!;
  const late = honest.entries[indexOf('audited')]!;
  const at = indexOf('ballot') + 1;
  const repeated = withEntries((entries) => entries.splice(at, 0, changedEntry(late, set(3, own))));
  assertRefused(await verify(repeated), 'ballots', /appeared before/, at);
  const twice = await dishonest({
    manifest: changedPool((pool) => {
      pool.set(6, wideProjects());
      pool.set(3, new Map(pool.get(3) as CborMap).set(3, 300));
    }),
    tweak: (kind, fields) => {
      if (kind !== 'audited') return;
      const packed = fields.get(3) as Uint8Array;
      assert.equal(packed.length, 128);
      fields.set(3, Uint8Array.from([...packed.slice(0, 64), ...packed.slice(0, 64)]));
    },
  });
  assertRefused(twice, 'ballots', /appeared before/, indexOf('audited'));
});

function declaring(rule: string): (fields: Fields) => void {
  return changedPool((pool) => {
    set(4, ['declared', []])(pool);
    set(7, [...(pool.get(7) as Cbor[]).slice(0, 2), ['rule', rule]])(pool);
  });
}

const MANIFESTS: [string, RegExp, (fields: Fields) => void][] = [
  ['a declared rule that there is not', /unknown rule "greedy-twice"/, declaring('greedy-twice')],
  ['a custom rule that no comment tells', /comment/, declaring('greedy-custom')],
  ['an unknown version', /urna\/1/, set(1, 'urna/2')],
  ['a control character', /control/, set(3, 'a\nb')],
  ['a text that is too long', /bytes/, set(4, 'x'.repeat(513))],
  ['no pools', /items/, set(5, [])],
  ['an unknown policy', /policy/, set(7, 'all')],
  ['a vote that closes before it opens', /open/, set(8, [5, 5])],
  ['an assurance level of 1', /between/, set(9, 1)],
  ['an unknown tie order', /tie order/, set(10, 'file')],
  [
    'officials with one key',
    /officials/,
    (f) => f.set(13, [(f.get(13) as Cbor[])[0]!, (f.get(13) as Cbor[])[0]!]),
  ],
  ['a threshold above the trustees', /between/, (f) => f.set(14, [4, (f.get(14) as Cbor[])[1]!])],
  [
    'a group of one pool',
    /items/,
    set(6, [
      new Map<number, Cbor>([
        [1, 'g'],
        [2, [0]],
        [3, 1],
      ]),
    ]),
  ],
  [
    'a group that limits nothing',
    /between/,
    set(6, [
      new Map<number, Cbor>([
        [1, 'g'],
        [2, [0, 1]],
        [3, 2],
      ]),
    ]),
  ],
  [
    'a pool in two groups',
    /two groups/,
    set(
      6,
      [
        [0, 1],
        [1, 2],
      ].map(
        (pools) =>
          new Map<number, Cbor>([
            [1, 'g'],
            [2, pools],
            [3, 1],
          ]),
      ),
    ),
  ],
  ['an unknown field', /unknown key/, set(17, 0)],
  ['a key that is no element', /not an element/, set(12, new Uint8Array(32).fill(255))],
  ['the identity as key', /identity/, set(12, new Uint8Array(32))],
];

function changedPool(change: (pool: Fields) => void): (fields: Fields) => void {
  return (fields) => {
    const pools = [...(fields.get(5) as CborMap[])];
    const pool = new Map(pools[0]!);
    change(pool);
    pools[0] = pool;
    fields.set(5, pools);
  };
}

function prependMeta(pool: Fields, key: string, value: string): void {
  pool.set(7, [[key, value], ...(pool.get(7) as Cbor[])]);
}

MANIFESTS.push(
  ['pools of one id', /same id/, changedPool(set(1, 'b'))],
  [
    'projects of one id',
    /same id/,
    changedPool(
      set(6, [
        ['P', 1, ''],
        ['P', 1, ''],
        ['Q', 1, ''],
      ]),
    ),
  ],
  [
    'a project id with a comma',
    /forbidden/,
    changedPool(
      set(6, [
        ['a,b', 1, ''],
        ['P', 1, ''],
        ['Q', 1, ''],
      ]),
    ),
  ],
  [
    'a project id with a letter beyond ASCII',
    /forbidden/,
    changedPool(
      set(6, [
        ['ą', 1, ''],
        ['P', 1, ''],
        ['Q', 1, ''],
      ]),
    ),
  ],
  [
    'a cost beyond the limit',
    /between/,
    changedPool(
      set(6, [
        ['P', 1e14 + 1, ''],
        ['R', 1, ''],
        ['Q', 1, ''],
      ]),
    ),
  ],
  ['a reserved META key', /reserved/, changedPool(set(7, [['budget', '1']]))],
  ['a META line that opens a section', /read back/, changedPool((pool) => prependMeta(pool, 'Votes', ''))],
  ['a META value that begins with a space', /read back/, changedPool((pool) => prependMeta(pool, 'a', ' ;'))],
  ['no type of votes', /vote_type/, changedPool(set(7, []))],
  ['a type of votes for other ballots', /vote_type/, changedPool(set(7, [['vote_type', 'ordinal']]))],
  [
    'a META key twice',
    /same key/,
    changedPool(
      set(7, [
        ['a', '1'],
        ['a', '2'],
      ]),
    ),
  ],
  ['an unknown counting rule', /unknown counting/, changedPool(set(4, ['lottery', []]))],
  [
    'more choices than projects',
    /between/,
    changedPool((pool) => pool.set(3, new Map(pool.get(3) as CborMap).set(3, 5))),
  ],
  [
    'points in an approval',
    /points/,
    changedPool((pool) => pool.set(3, new Map(pool.get(3) as CborMap).set(4, [1, 2, 3, 4]))),
  ],
);

test('manifests that break the rules', async () => {
  for (const [name, problem, change] of MANIFESTS) {
    const file = changedEntry(sealed.get('manifest.cbor')!, change);
    const files = withEntries((entries) => (entries[0] = manifestEntry(file)));
    const verdict = await verify(files.set('manifest.cbor', file));
    assert.equal(verdict.failure?.step, 'manifest', name);
    assert.match(verdict.failure.problem, problem, name);
  }
});

test('a proof of possession that does not hold', async () => {
  const verdict = await dishonest({
    manifest: (fields) => {
      const [t, cards] = fields.get(14) as [number, CborMap[]];
      fields.set(14, [t, cards.map((card, i) => (i === 1 ? new Map(card).set(1, 'Ktoś inny') : card))]);
    },
  });
  assertRefused(verdict, 'ceremony', /possession/, 0);
});

test('checkpoints need the board and enough witnesses', async () => {
  assertRefused(await verify(honest.seal({ cosign: 0 })), 'log', /0 witnesses/);
  assert.equal((await verify(honest.seal({ cosign: 2 }))).accepted, true);
  assertRefused(await verify(honest.seal({ origin: 'example.org/other' })), 'log', /another log/);
  assertRefused(await verify(honest.seal({ checkpoints: false })), 'log', /missing/);
  const stranger = makeRecord().seal();
  assertRefused(await verify(new Map(sealed).set('checkpoint', stranger.get('checkpoint')!)), 'log');
  const checkpoint = [...sealed.keys()].find((path) => path.startsWith('checkpoints/'))!;
  assertRefused(await verify(new Map(sealed).set(checkpoint, stranger.get(checkpoint)!)), 'log', /history/);
  assertRefused(await verify(new Map(sealed).set('checkpoints/3', sealed.get(checkpoint)!)), 'log', /size/);
});

test('policies, more mixers and all trustees', async () => {
  for (const policy of ['first', 'void']) {
    assert.equal((await dishonest({ manifest: set(7, policy) })).failure, undefined);
  }
  assert.equal((await dishonest({ rounds: 3, decrypting: [1, 2, 3] })).failure, undefined);
});

test('a pool without any counted ballot', async () => {
  const verdict = await dishonest({
    manifest: set(11, 0),
    votes: (votes) => votes.splice(0, votes.length, ...votes.filter((vote) => vote.pool !== 2)),
  });
  assert.equal(verdict.failure, undefined);
  assert.equal(verdict.pools[2]!.counted, 0);
});

test('a voter who encrypts the identity or another element that is no ballot stops nothing', async () => {
  const verdict = await dishonest({
    votes: (votes) => {
      votes[6] = { ...votes[6]!, elements: [IDENTITY] };
      votes[7] = { ...votes[7]!, elements: [G] };
    },
  });
  assert.equal(verdict.failure, undefined);
  assert.deepEqual([verdict.pools[1]!.valid, verdict.pools[1]!.invalid], [1, 2]);
});

test('a record in a directory, on a website and in chosen files', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'urna-verify-'));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://x');
    const bytes = pathname.startsWith('/r/') ? sealed.get(pathname.slice('/r/'.length)) : undefined;
    response.writeHead(bytes ? 200 : 404);
    response.end(bytes);
  });
  try {
    for (const [path, bytes] of sealed) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), bytes);
    }
    assert.equal((await verifyRecord(new DirectorySource(directory))).failure, undefined);
    await symlink('roll.cbor', join(directory, 'link'));
    assertRefused(await verifyRecord(new DirectorySource(directory)), 'log', /neither/);

    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const verdict = await verifyRecord(new HttpSource(`http://127.0.0.1:${port}/r`));
    assert.equal(verdict.failure, undefined);
    assert.equal(verdict.filesListed, false);
    assertRefused(await verifyRecord(new HttpSource(`http://127.0.0.1:${port}/s/`)), 'log', /missing/);
    await assert.rejects(verifyRecord(new HttpSource('http://127.0.0.1:1/')));
    await assert.rejects(new HttpSource(`http://127.0.0.1:${port}/r`).read('checkpoint', 10), /more than 10/);
  } finally {
    server.close();
    await rm(directory, { recursive: true });
  }
  const chosen = new FilesSource(
    new Map([...sealed].map(([path, bytes]) => [path, new Blob([bytes as BlobPart])])),
  );
  assert.equal((await verifyRecord(chosen)).failure, undefined);
  assert.deepEqual(await chosen.read('nothing', 1), undefined);
});
