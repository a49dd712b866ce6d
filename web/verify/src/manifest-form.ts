// SPDX-License-Identifier: EUPL-1.2
// The edition manifest as a file: form, limits and consistency (section 5). The keys in it stay the bytes that they
// are, so that a page can show an edition before it has loaded what calculates with them; manifest.ts reads those.

import { demand, equalBytes, hash, hex } from './bytes.js';
import { parseRule, type Rule } from './counting/rule.js';
import * as cbor from './cbor.js';
import { keys, type Cbor, type Fields } from './cbor.js';
import { ballotWidth, type BallotRule } from './ballot-content.js';
import { demandReadsBack } from './result.js';

export type Policy = 'last' | 'first' | 'void';
export type TieOrder = 'draw' | 'id' | 'cost' | 'cost-desc' | 'votes';

export interface Project {
  readonly id: string;
  /** In grosze. */
  readonly cost: number;
  readonly name: string;
}

export interface Pool {
  readonly number: number;
  readonly id: string;
  readonly title: string;
  readonly ballotRule: BallotRule;
  readonly width: number;
  readonly rule: Rule;
  /** In grosze. */
  readonly money: number;
  /** Project `p` of the protocol is `projects[p − 1]`. */
  readonly projects: readonly Project[];
  readonly meta: readonly (readonly [key: string, value: string])[];
}

export interface Group {
  readonly name: string;
  readonly pools: readonly number[];
  readonly most: number;
}

export interface CardOf<Key> {
  readonly name: string;
  readonly signingKey: Key;
  readonly receivingKey: Key;
  readonly proof: Uint8Array;
}

export interface Witness {
  readonly name: string;
  readonly key: Uint8Array;
}

/** Cards of one pool that one point issues. */
export interface IssuedBatch {
  readonly point: number;
  readonly pool: number;
  readonly cards: number;
  /** Of the leaf hashes of their serial numbers. */
  readonly root: Uint8Array;
}

/** Voting on paper (section 7.3). */
export interface Paper {
  readonly points: readonly string[];
  readonly batches: readonly IssuedBatch[];
}

/** A manifest whose keys are `Key`s: elements of the group, or their bytes as the file has them. */
export interface ManifestOf<Key> {
  /** The edition hash `E`. */
  readonly hash: Uint8Array;
  readonly edition: string;
  readonly title: string;
  readonly resolution: string;
  readonly pools: readonly Pool[];
  readonly groups: readonly Group[];
  readonly policy: Policy;
  readonly opens: number;
  readonly closes: number;
  readonly assurance: number;
  readonly ties: TieOrder;
  readonly privacyMinimum: number;
  readonly registrarKey: Key;
  readonly officials: readonly Key[];
  /** Trustee `j` of the protocol is `trustees[j − 1]`. */
  readonly trustees: readonly CardOf<Key>[];
  readonly threshold: number;
  readonly board: {
    readonly origin: string;
    readonly key: Uint8Array;
    readonly witnesses: readonly Witness[];
    readonly quorum: number;
  };
  /** Absent where nobody votes on paper. */
  readonly paper?: Paper;
}

const MAXIMUM_MONEY = 1e14;

export const MANIFEST_FILE = 'manifest.cbor';
export const MAXIMUM_MANIFEST_BYTES = 16 << 20;

/** A manifest of which only the file was read: its keys may be bytes that encode nothing. */
export type ManifestForm = ManifestOf<Uint8Array>;

/** Reads the file but for its keys. */
export function readManifest(file: Uint8Array): ManifestForm {
  const map = cbor.decode(file);
  const onPaper = map instanceof Map && (map as cbor.CborMap).has(16);
  const m = cbor.fields(map, 'the manifest', keys(0, onPaper ? 16 : 15));
  demand(m.get(0) === 'manifest', 'the file is not a manifest');
  demand(m.get(1) === 'urna/1', 'the manifest is of another version than "urna/1"');

  const pools = m.array(5, 1, 1024).map(decodePool);
  demandDifferent(
    pools.map((pool) => pool.id),
    'two pools have the same id',
  );
  const groups = m.array(6, 0, 64).map((value) => decodeGroup(value, pools.length));
  const grouped = groups.flatMap((group) => group.pools);
  demand(new Set(grouped).size === grouped.length, 'a pool stands in two groups');

  const [opens, closes] = m.array(8, 2, 2).map((time) => cbor.uint(time, 'a time')) as [number, number];
  demand(opens < closes, 'the vote does not open before it closes');

  const officials = m.array(13, 2, 64).map((key) => cbor.bytes(key, "an official's key", 32));
  demandDifferent(officials.map(hex), 'two officials have the same key');

  const [t, cards] = m.array(14, 2, 2) as [Cbor, Cbor];
  const trustees = cbor.array(cards, 'the list of trustees', 1, 32).map(decodeCard);
  const threshold = cbor.uint(t, 'the threshold of trustees', 1, trustees.length);
  demandDifferent(
    trustees.map((card) => card.name),
    'two trustees have the same name',
  );
  demandDifferent(
    trustees.flatMap((card) => [card.signingKey, card.receivingKey]).map(hex),
    'two keys of trustees are the same',
  );

  return {
    hash: hash(file),
    edition: plainText(m, 2, 1, 128),
    title: plainText(m, 3, 0, 512),
    resolution: plainText(m, 4, 0, 512),
    pools,
    groups,
    policy: oneOf(m.get(7), 'the policy for repeated ballots', ['last', 'first', 'void']),
    opens,
    closes,
    assurance: m.uint(9, 2, 4),
    ties: oneOf(m.get(10), 'the tie order', ['draw', 'id', 'cost', 'cost-desc', 'votes']),
    privacyMinimum: m.uint(11),
    registrarKey: cbor.bytes(m.get(12), "the registrar's key", 32),
    officials,
    trustees,
    threshold,
    board: decodeBoard(m.get(15)),
    ...(onPaper && { paper: decodePaper(m.get(16), pools) }),
  };
}

function decodePool(value: Cbor, number: number): Pool {
  const what = `pool ${number}`;
  const f = cbor.fields(value, what, keys(1, 7));
  const projects = f.array(6, 1, 65535).map((item): Project => {
    const [id, cost, name] = cbor.array(item, `a project of ${what}`, 3, 3) as [Cbor, Cbor, Cbor];
    return {
      id: cbor.text(id, `a project's id in ${what}`, 1, 128),
      cost: cbor.uint(cost, `a project's cost in ${what}`, 0, MAXIMUM_MONEY),
      name: plain(cbor.text(name, `a project's name in ${what}`, 0, 4096), `a project's name in ${what}`),
    };
  });
  for (const project of projects) {
    // Section 13: printable ASCII without space, `;`, `,` and `"`.
    demand(/^[!#-+\--:<-~]+$/.test(project.id), `the project id "${project.id}" holds a forbidden character`);
  }
  demandDifferent(
    projects.map((project) => project.id),
    `two projects of ${what} have the same id`,
  );
  const meta = f.array(7, 0, 256).map((item): [string, string] => {
    const [key, text] = cbor.array(item, `a META line of ${what}`, 2, 2) as [Cbor, Cbor];
    return [
      plain(cbor.text(key, `a META key of ${what}`, 1, 128), `a META key of ${what}`),
      plain(cbor.text(text, `a META value of ${what}`, 0, 65535), `a META value of ${what}`),
    ];
  });
  const metaKeys = meta.map(([key]) => key);
  demandDifferent(metaKeys, `two META lines of ${what} have the same key`);
  for (const reserved of ['num_projects', 'num_votes', 'budget']) {
    demand(!metaKeys.includes(reserved), `the META lines of ${what} hold the reserved key ${reserved}`);
  }
  const ballotRule = decodeBallotRule(f.get(3), `the ballot rule of ${what}`, projects.length);
  const width = ballotWidth(ballotRule, projects.length);
  demand(width <= 64, `ballots of ${what} would need ${width} elements, more than 64`);
  const pool: Pool = {
    number,
    id: plainText(f, 1, 1, 64),
    title: plainText(f, 2, 0, 512),
    ballotRule,
    width,
    rule: decodeCounting(f.get(4), ballotRule.form, projects, meta, what),
    money: f.uint(5, 0, MAXIMUM_MONEY),
    projects,
    meta,
  };
  demandReadsBack(pool);
  const voteType = new Map(meta).get('vote_type') ?? '';
  demand(
    VOTE_TYPES[ballotRule.form].includes(voteType),
    `the vote_type "${voteType}" of ${what} does not fit its ballots`,
  );
  return pool;
}

const VOTE_TYPES: Record<BallotRule['form'], readonly string[]> = {
  approval: ['approval', 'choose-1'],
  ranking: ['ordinal'],
  points: ['cumulative', 'scoring'],
};

function decodeBallotRule(value: Cbor, what: string, projects: number): BallotRule {
  const f = cbor.fields(value, what, keys(1, 6));
  const form = oneOf(f.get(1), `the form in ${what}`, ['approval', 'ranking', 'points']);
  const least = f.uint(2, 1, projects);
  const most = f.uint(3, least, projects);
  const knapsack = f.get(5) === null ? null : f.uint(5, 0, MAXIMUM_MONEY);
  const blank = cbor.boolean(f.get(6), `field 6 of ${what}`);
  demand(
    (f.get(4) !== null) === (form === 'points'),
    `${what} has points although its form has none, or none`,
  );
  if (form !== 'points') return { form, least, most, points: null, knapsack, blank };
  const limits = f.array(4, 4, 4);
  const leastEach = cbor.uint(limits[0]!, `the least points to a project in ${what}`, 1, 1e6);
  const mostEach = cbor.uint(limits[1]!, `the most points to a project in ${what}`, leastEach, 1e6);
  const leastInAll = cbor.uint(limits[2]!, `the least points in all in ${what}`, 0, 1e9);
  const mostInAll = cbor.uint(limits[3]!, `the most points in all in ${what}`, leastInAll, 1e9);
  return { form, least, most, points: { leastEach, mostEach, leastInAll, mostInAll }, knapsack, blank };
}

function decodeCounting(
  value: Cbor,
  form: BallotRule['form'],
  projects: readonly Project[],
  meta: Pool['meta'],
  what: string,
): Rule {
  const [name, list] = cbor.array(value, `the counting of ${what}`, 2, 2) as [Cbor, Cbor];
  const options = cbor
    .array(list, `the counting options of ${what}`, 0, 256)
    .map((pair): [string, string] => {
      const [option, setting] = cbor.array(pair, `a counting option of ${what}`, 2, 2) as [Cbor, Cbor];
      return [
        cbor.text(option, `a counting option of ${what}`, 1, 64),
        cbor.text(setting, `the value of a counting option of ${what}`, 0, 65535),
      ];
    });
  const rule = cbor.text(name, `the counting rule of ${what}`, 1, 64);
  return parseRule(rule, options, form, new Set(projects.map((project) => project.id)), meta, what);
}

function decodeGroup(value: Cbor, poolCount: number): Group {
  const f = cbor.fields(value, 'a group', keys(1, 3));
  const pools = cbor.ascending(f.get(2), 'the pools of a group', 2, poolCount);
  return { name: plainText(f, 1, 0, 128), pools, most: f.uint(3, 1, pools.length - 1) };
}

function decodeCard(value: Cbor): CardOf<Uint8Array> {
  const f = cbor.fields(value, "a trustee's card", keys(1, 4));
  return {
    name: plainText(f, 1, 1, 128),
    signingKey: cbor.bytes(f.get(2), "a trustee's signing key", 32),
    receivingKey: cbor.bytes(f.get(3), "a trustee's receiving key", 32),
    proof: f.bytes(4, 128),
  };
}

function decodeBoard(value: Cbor): ManifestForm['board'] {
  const f = cbor.fields(value, 'the board', keys(1, 4));
  const origin = noteName(f.get(1), "the board's origin");
  const key = f.bytes(2, 32);
  const witnesses = f.array(3, 0, 32).map((item): Witness => {
    const [name, witnessKey] = cbor.array(item, 'a witness', 2, 2) as [Cbor, Cbor];
    return { name: noteName(name, "a witness's name"), key: cbor.bytes(witnessKey, "a witness's key", 32) };
  });
  demandDifferent(
    [origin, ...witnesses.map((witness) => witness.name)],
    'two names of the board are the same',
  );
  demandDifferent(
    [key, ...witnesses.map((witness) => witness.key)].map(hex),
    'two keys of the board and its witnesses are the same',
  );
  return { origin, key, witnesses, quorum: f.uint(4, 0, witnesses.length) };
}

function decodePaper(value: Cbor, pools: readonly Pool[]): Paper {
  const f = cbor.fields(value, 'the voting on paper', keys(1, 2));
  const points = f
    .array(1, 1, 1024)
    .map((name) => plain(cbor.text(name, "a point's name", 1, 128), "a point's name"));
  demandDifferent(points, 'two points have the same name');
  const batches = f.array(2, 1, 65535).map((item): IssuedBatch => {
    const [point, pool, cards, root] = cbor.array(item, 'a batch', 4, 4) as [Cbor, Cbor, Cbor, Cbor];
    const batch = {
      point: cbor.uint(point, 'the point of a batch', 0, points.length - 1),
      pool: cbor.uint(pool, 'the pool of a batch', 0, pools.length - 1),
      cards: cbor.uint(cards, 'the cards of a batch', 1, 1000),
      root: cbor.bytes(root, 'the root of a batch', 32),
    };
    // An entry has to hold all that is found of a batch.
    const size = 512 + batch.cards * (34 + 128 * pools[batch.pool]!.width);
    demand(size <= 65535, 'so many cards of a batch would not fit into one entry');
    return batch;
  });
  demandDifferent(
    batches.map((batch) => hex(batch.root)),
    'two batches have the same cards',
  );
  return { points, batches };
}

function noteName(value: Cbor, what: string): string {
  const name = cbor.text(value, what, 1, 255);
  demand(/^[!-*,-~]+$/.test(name), `${what} holds a space, "+" or what is not visible ASCII`);
  return name;
}

function plainText(f: Fields, key: number, least: number, most: number): string {
  return plain(f.text(key, least, most), `field ${key} of ${f.what}`);
}

/** Refuses control characters. */
export function plain(text: string, what: string): string {
  for (const character of text) {
    const code = character.codePointAt(0)!;
    demand(code > 0x1f && code !== 0x7f, `${what} holds a control character`);
  }
  return text;
}

function oneOf<Name extends string>(value: Cbor, what: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  demand(found !== undefined, `${what} is none of ${names.join(', ')}`);
  return found;
}

function demandDifferent(names: readonly string[], problem: string): void {
  demand(new Set(names).size === names.length, problem);
}

/** Refuses unless the first entry of the board names the file by hash and size. */
export function demandManifestEntry(entry: Uint8Array, file: Uint8Array): void {
  const f = cbor.fields(cbor.decode(entry), 'the first entry', keys(0, 2));
  demand(f.get(0) === 'manifest', 'the first entry is not that of the manifest', 'order');
  demand(equalBytes(f.bytes(1, 32), hash(file)), 'the manifest is not the one that the first entry names');
  demand(
    f.uint(2) === file.length,
    `the first entry says ${f.uint(2)} bytes, the manifest has ${file.length}`,
  );
}
