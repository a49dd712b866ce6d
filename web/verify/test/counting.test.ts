// SPDX-License-Identifier: EUPL-1.2
// Counting rules: small cases by hand, and Equal Shares against a slow and obvious version with fractions.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Content } from '../src/ballot-content.js';
import { commentConflicts } from '../src/counting/comment-conflicts.js';
import { equalShares } from '../src/counting/equal-shares.js';
import { greedy } from '../src/counting/greedy.js';
import { drawLot, makeInstance, NotCovered, WITHDRAWN, type Instance } from '../src/counting/instance.js';
import { parseRule, type EqualSharesRule, type GreedyRule, type Satisfaction } from '../src/counting/rule.js';
import type { TieOrder } from '../src/manifest.js';

const named = (...numbers: number[]): Content => numbers.map((project) => ({ project, points: 1 }));
const times = (count: number, content: Content): Content[] => Array<Content>(count).fill(content);

function instance(
  form: Instance['form'],
  money: number,
  costs: number[],
  ballots: Content[],
  ties: TieOrder = 'id',
): Instance {
  const projects = costs.map((cost, i) => ({ id: `P${i + 1}`, cost, name: '' }));
  return makeInstance(form, money, projects, ballots, ties, '00');
}

const ranking = (options: Partial<GreedyRule> = {}): GreedyRule => ({
  name: 'greedy',
  rank: 'votes',
  threshold: 0,
  stop: false,
  overrun: false,
  conflicts: [],
  ...options,
});
const shares = (options: Partial<EqualSharesRule> = {}): EqualSharesRule => ({
  name: 'equal-shares',
  satisfaction: 'cost',
  completion: 'none',
  comparison: false,
  filter: false,
  ...options,
});

test('ranking: votes, skipping, stopping', () => {
  const ballots = [...times(3, named(1)), ...times(2, named(2)), named(3)];
  const three = instance('approval', 1000, [600, 500, 300], ballots);
  assert.deepEqual(greedy(three, ranking()), [1, 3]);
  assert.deepEqual(greedy(three, ranking({ stop: true })), [1]);
  assert.deepEqual(greedy(three, ranking({ rank: 'votes-per-cost' })), [1, 3]);
  const cheap = instance('approval', 1000, [900, 400, 100], ballots);
  assert.deepEqual(greedy(cheap, ranking({ rank: 'votes-per-cost' })), [3, 2]);
});

test('ranking: threshold in votes or points', () => {
  const named4 = (project: number): Content => [{ project, points: 4 }];
  const ballots = [named4(1), named4(1), [{ project: 2, points: 9 }], named4(3), []];
  const pool = instance('points', 1000, [100, 100, 100], ballots);
  assert.deepEqual(greedy(pool, ranking({ threshold: 2 })), [1]);
  assert.deepEqual(greedy(pool, ranking({ threshold: 8, rank: 'points' })), [2, 1]);
  assert.deepEqual(greedy(pool, ranking({ threshold: 9, rank: 'points-per-cost' })), [2]);
});

test('ranking: of projects in conflict only the best that fits', () => {
  const ballots = [...times(4, named(1)), ...times(3, named(2)), ...times(2, named(3)), named(4)];
  const conflicts = [
    ['P1', 'P2'],
    ['P2', 'P4'],
  ];
  const pool = instance('approval', 500, [300, 100, 100, 100], ballots);
  assert.deepEqual(greedy(pool, ranking({ conflicts })), [1, 3, 4]);
  const poor = instance('approval', 200, [300, 100, 100, 100], ballots);
  assert.deepEqual(greedy(poor, ranking({ conflicts })), [2, 3]);
  // What a better project excludes does not count as the first that does not fit.
  const dear = instance('approval', 400, [300, 200, 100, 100], ballots);
  assert.deepEqual(greedy(dear, ranking({ conflicts, stop: true })), [1, 3]);
});

test('ranking: withdrawn projects neither win nor stop, projects without votes may win', () => {
  const pool = instance('approval', 300, [WITHDRAWN, 100, 200], [named(1), named(1), named(2)]);
  assert.deepEqual(greedy(pool, ranking({ stop: true })), [2, 3]);
});

test('ranking: rankings give points', () => {
  const pool = instance('ranking', 100, [100, 100, 100], [named(1, 2, 3), named(2, 3), named(3, 2)]);
  assert.deepEqual(
    pool.candidates.map(({ votes, points }) => [votes, points]),
    [
      [1, 3],
      [3, 5],
      [3, 4],
    ],
  );
  assert.deepEqual(greedy(pool, ranking({ rank: 'points' })), [2]);
});

test('ties', () => {
  const first = (ties: TieOrder, costs: number[], ballots: Content[] = []): number =>
    instance('approval', 1, costs, ballots, ties).candidates.find(({ tieRank }) => tieRank === 0)!.number;
  assert.equal(first('id', [3, 2, 1]), 1);
  assert.equal(first('cost', [3, 2, 1]), 3);
  assert.equal(first('cost-desc', [1, 3, 3], [named(3)]), 3);
  assert.equal(first('votes', [3, 2, 1], [named(2)]), 2);
  assert.equal(first('votes', [3, 2, 1]), 3);
  const lot = (id: string): string =>
    createHash('sha256').update(`urna tie draw v1\n00\n${id}`).digest('hex');
  const lots = ['P1', 'P2', 'P3'].map(lot);
  assert.equal(drawLot('00', 'P2'), lots[1]);
  assert.equal(first('draw', [1, 1, 1]), lots.indexOf([...lots].sort()[0]!) + 1);
  // Ids are compared byte by byte.
  const projects = ['P10', 'P2', 'P1'].map((id) => ({ id, cost: 1, name: '' }));
  const ranks = makeInstance('approval', 1, projects, [], 'id', '').candidates.map(({ tieRank }) => tieRank);
  assert.deepEqual(ranks, [1, 2, 0]);
});

test('Equal Shares: a minority gets its share', () => {
  const ballots = [...times(6, named(1, 2, 3)), ...times(4, named(4))];
  const pool = instance('approval', 1000, [300, 300, 300, 400], ballots);
  assert.deepEqual(greedy(pool, ranking()), [1, 2, 3]);
  assert.deepEqual(equalShares(pool, shares()), [1, 2, 4]);
});

test('Equal Shares: exactly enough money is enough', () => {
  const pool = instance('approval', 100, [34, 33, 33], [named(1), named(2), named(3)]);
  assert.deepEqual(equalShares(pool, shares()), [2, 3]);
});

test('Equal Shares: nothing costs nothing, and nobody gets nothing', () => {
  assert.deepEqual(equalShares(instance('approval', 100, [0, 10, 0], [named(1, 2)]), shares()), [1, 2]);
  assert.deepEqual(equalShares(instance('approval', 100, [0, 10], []), shares()), []);
  assert.deepEqual(
    equalShares(instance('approval', 100, [10], [[], []]), shares({ completion: 'add1' })),
    [],
  );
});

test('Equal Shares: Add1 spends on what the core rule leaves', () => {
  // Four voters with 100 grosze each: nothing is affordable before their money is raised to 200.
  const ballots = [named(1), named(1), named(2), named(3)];
  const pool = instance('approval', 400, [400, 150, 500], ballots);
  assert.deepEqual(equalShares(pool, shares()), []);
  // With 200 each, project 2 (150) is bought by one and project 1 (400) by two: 550 is too much.
  assert.deepEqual(equalShares(pool, shares({ completion: 'add1' })), []);
  assert.deepEqual(equalShares(pool, shares({ completion: 'utilitarian' })), [1]);
  const wide = instance('approval', 600, [400, 150, 700], ballots);
  assert.deepEqual(equalShares(wide, shares()), [2]);
  assert.deepEqual(equalShares(wide, shares({ completion: 'add1' })).sort(), [1, 2]);
});

test('Equal Shares: the filter', () => {
  // votes / n ≥ cost / (3 B): 1/4 ≥ 900/1200 fails, 1/4 ≥ 300/1200 holds.
  const ballots = [named(1), named(2), [], []];
  const pool = instance('approval', 400, [100, 300], ballots);
  assert.deepEqual(equalShares(pool, shares({ filter: true, completion: 'utilitarian' })), [1, 2]);
  const dear = instance('approval', 400, [100, 301], ballots);
  assert.deepEqual(equalShares(dear, shares({ filter: true, completion: 'utilitarian' })), [1]);
});

// The slow version: fractions in lowest terms, supporters sorted, every price computed anew.
class Fraction {
  constructor(
    readonly n: bigint,
    readonly d: bigint = 1n,
  ) {
    let [a, b] = [n < 0n ? -n : n, d];
    while (b > 0n) [a, b] = [b, a % b];
    if (a > 1n) {
      this.n = n / a;
      this.d = d / a;
    }
  }
  plus(other: Fraction): Fraction {
    return new Fraction(this.n * other.d + other.n * this.d, this.d * other.d);
  }
  minus(other: Fraction): Fraction {
    return this.plus(new Fraction(-other.n, other.d));
  }
  times(x: bigint): Fraction {
    return new Fraction(this.n * x, this.d);
  }
  over(x: bigint): Fraction {
    return new Fraction(this.n, this.d * x);
  }
  compare(other: Fraction): number {
    const difference = this.n * other.d - other.n * this.d;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
}

function slowShares(pool: Instance, satisfaction: Satisfaction): number[] {
  const zero = new Fraction(0n);
  const money = pool.ballots.map(() => new Fraction(BigInt(pool.money), BigInt(pool.ballots.length)));
  const u = (voter: number, number: number): bigint => {
    const choice = pool.ballots[voter]!.find(({ project }) => project === number);
    if (!choice) return 0n;
    const { cost } = pool.candidates[number - 1]!;
    return satisfaction === 'cost' ? BigInt(cost) : satisfaction === 'score' ? BigInt(choice.points) : 1n;
  };
  const winners: number[] = [];
  for (;;) {
    let best: { number: number; price: Fraction; tie: number } | undefined;
    for (const { number, cost, tieRank } of pool.candidates) {
      if (winners.includes(number)) continue;
      const supporters = pool.ballots.map((_, i) => i).filter((i) => u(i, number) > 0n);
      supporters.sort((a, b) => money[a]!.over(u(a, number)).compare(money[b]!.over(u(b, number))));
      let rest = new Fraction(BigInt(cost));
      let units = supporters.reduce((sum, i) => sum + u(i, number), 0n);
      for (const i of supporters) {
        const price = rest.over(units);
        if (price.times(u(i, number)).compare(money[i]!) <= 0) {
          const order = best ? price.compare(best.price) : -1;
          if (order < 0 || (order === 0 && tieRank < best!.tie)) best = { number, price, tie: tieRank };
          break;
        }
        rest = rest.minus(money[i]!);
        units -= u(i, number);
      }
    }
    if (!best) return winners;
    winners.push(best.number);
    for (const [i, amount] of money.entries()) {
      const payment = best.price.times(u(i, best.number));
      money[i] = payment.compare(amount) < 0 ? amount.minus(payment) : u(i, best.number) > 0n ? zero : amount;
    }
  }
}

test('Equal Shares agrees with the slow version on random pools', () => {
  let state = 7;
  const next = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  let decided = 0;
  for (let round = 0; round < 400; round++) {
    const count = 2 + next(7);
    const costs = Array.from({ length: count }, () => 50 * (1 + next(8)));
    const ballots = Array.from({ length: 1 + next(12) }, () =>
      Array.from({ length: count }, (_, i) => ({ project: i + 1, points: 1 + next(4) })).filter(
        () => next(3) === 0,
      ),
    );
    const pool = instance('points', 100 * (2 + next(10)), costs, ballots, 'cost');
    for (const satisfaction of ['cost', 'cardinality', 'score'] as const) {
      const winners = equalShares(pool, shares({ satisfaction }));
      assert.deepEqual(winners, slowShares(pool, satisfaction));
      decided += winners.length;
    }
  }
  assert.ok(decided > 500);
});

test('Equal Shares: the comparison keeps its outcome unless more voters prefer the ranking', () => {
  // The ranking funds 1; Equal Shares funds what two thirds of the voters can pay.
  const ballots = [...times(5, named(1)), ...times(4, named(2))];
  const pool = instance('approval', 900, [900, 400], ballots);
  assert.deepEqual(equalShares(pool, shares()), [2]);
  assert.deepEqual(greedy(pool, ranking()), [1]);
  assert.deepEqual(equalShares(pool, shares({ comparison: true })), [1]);
  const even = instance(
    'approval',
    800,
    [800, 300],
    [...times(4, named(1)), ...times(4, named(2)), []],
    'id',
  );
  assert.deepEqual(greedy(even, ranking()), [1]);
  assert.deepEqual(equalShares(even, shares({ comparison: true })), [2]);
});

test('Equal Shares: steps without an end are given up', () => {
  // One voter pays for the second project only after 500 steps.
  const pool = instance('approval', 60_000, [100, 50_000], [named(1, 2), ...times(9, [])]);
  const add1 = shares({ completion: 'add1' });
  assert.deepEqual(equalShares(pool, add1), [1, 2]);
  assert.throws(() => equalShares(pool, add1, 100), NotCovered);
});

const IDS = new Set(['A', 'B', 'C']);
type Options = [option: string, value: string][];
const parse = (
  name: string,
  options: Options,
  form: Instance['form'] = 'approval',
  meta: readonly (readonly [string, string])[] = [],
) => parseRule(name, options, form, IDS, meta, 'it');

test('options and what they are when left out', () => {
  const none = { name: 'greedy', rank: 'votes', threshold: 0, stop: false, overrun: false, conflicts: [] };
  assert.deepEqual(parse('greedy', []), none);
  assert.deepEqual(parse('greedy', [], 'ranking'), { ...none, rank: 'points' });
  const options: Options = [
    ['threshold', '4294967295'],
    ['conflict', 'A,B'],
    ['stop', 'true'],
    ['conflict', 'A,B,C'],
  ];
  const conflicts = [
    ['A', 'B'],
    ['A', 'B', 'C'],
  ];
  assert.deepEqual(parse('greedy', options), { ...none, threshold: 4294967295, stop: true, conflicts });
  assert.deepEqual(parse('equal-shares', []), shares());
  for (const form of ['points', 'ranking'] as const) {
    assert.deepEqual(parse('equal-shares', [], form), shares({ satisfaction: 'score' }));
  }
  assert.deepEqual(
    parse('equal-shares', [['completion', 'comparison']]),
    shares({ completion: 'add1', comparison: true }),
  );
});

test('options are read strictly', () => {
  const refused: [string, Options][] = [
    ['majority', []],
    ['constructor', []],
    ['declared', [['rank', 'votes']]],
    ['greedy', [['rank', 'money']]],
    ['greedy', [['stop', 'false']]],
    ['greedy', [['threshold', '-1']]],
    ['greedy', [['threshold', '01']]],
    ['greedy', [['threshold', '10%']]],
    ['greedy', [['threshold', '4294967296']]],
    ['greedy', [['conflict', 'A']]],
    ['greedy', [['conflict', 'A,A']]],
    ['greedy', [['conflict', 'A,D']]],
    [
      'greedy',
      [
        ['rank', 'votes'],
        ['rank', 'points'],
      ],
    ],
    ['equal-shares', [['rank', 'votes']]],
    ['equal-shares', [['satisfaction', 'score']]],
    ['equal-shares', [['completion', 'add2']]],
    ['equal-shares', [['filter', 'yes']]],
  ];
  for (const [name, options] of refused) assert.throws(() => parse(name, options), /it/);
});

test('declared rules', () => {
  const declared = (
    rule: string,
    more: readonly (readonly [string, string])[] = [],
    form?: Instance['form'],
  ) => parse('declared', [], form, [['rule', rule], ...more]);
  // What META says of a threshold holds for every ranking rule.
  const threshold = [['min_project_score_threshold', '7']] as const;
  for (const [rule, expected] of [
    ['greedy', {}],
    ['greedy-threshold', {}],
    ['greedy-no-skip', { stop: true }],
    ['greedy-exclusive', {}],
  ] as const) {
    assert.deepEqual(declared(rule), ranking(expected));
    assert.deepEqual(declared(rule, threshold), ranking({ threshold: 7, ...expected }));
    for (const form of ['points', 'ranking'] as const) {
      assert.deepEqual(
        declared(rule, threshold, form),
        ranking({ threshold: 7, rank: 'points', ...expected }),
      );
    }
  }
  for (const [text, value] of Object.entries({
    '': 0,
    '50.0': 50,
    '50,000': 50,
    ' 7 ': 7,
    '-3': -3,
    '007': 7,
  })) {
    const meta = [['min_project_score_threshold', text]] as const;
    assert.deepEqual(declared('greedy', meta), ranking({ threshold: value }), text);
  }
  for (const text of ['seven', '7.5', '7.', '+7', '9223372036854775808', '7 %']) {
    assert.throws(() => declared('greedy', [['min_project_score_threshold', text]]), /threshold/, text);
  }
  const completions: [string, Partial<EqualSharesRule>][] = [
    ['equalshares', {}],
    ['equalshares/add1', { completion: 'add1' }],
    ['equalshares-comparison', { comparison: true }],
    ['equalshares/add1-comparison', { completion: 'add1', comparison: true }],
  ];
  for (const [rule, expected] of completions) {
    assert.deepEqual(declared(rule), shares(expected));
    for (const form of ['points', 'ranking'] as const) {
      assert.deepEqual(declared(rule, [], form), shares({ satisfaction: 'score', ...expected }));
    }
  }
  for (const rule of ['unknown', 'greedy-', 'equalshares/add2', 'Greedy', '']) {
    assert.throws(() => declared(rule), /unknown rule/);
  }
  assert.throws(() => parse('declared', []), /declares no rule/);
  assert.throws(() => declared('greedy-custom'), /comment/);
  assert.throws(() => declared('greedy-custom', [['comment', 'if 79% is left']]), /comment/);
  assert.deepEqual(
    declared('greedy-custom', [['comment', 'at least 80 %']]),
    ranking({ stop: true, overrun: true }),
  );
  const poznan = declared('greedy-custom', [['comment', 'if 80% of it is left']]) as GreedyRule;
  assert.deepEqual(poznan, ranking({ stop: true, overrun: true }));
  const ballots = [named(1), named(1), named(2)];
  assert.deepEqual(greedy(instance('approval', 900, [500, 500, 100], ballots), poznan), [1, 2]);
  assert.deepEqual(greedy(instance('approval', 899, [500, 500, 100], ballots), poznan), [1]);
});

test('projects that exclude each other by a comment', () => {
  const ids = new Set(['1', '23', '459', 'B.2', 'and']);
  const groups = (comment: string) => commentConflicts(comment, ids);
  assert.deepEqual(groups('Projects 1, 23, and 459 overlapped, so only one was funded.'), [
    ['1', '23', '459'],
  ]);
  assert.deepEqual(groups('PROJECTS 1 & 23 are mutually EXCLUSIVE'), [['1', '23']]);
  assert.deepEqual(groups('The projects 1 or 23. They conflict.'), []);
  assert.deepEqual(groups('Of projects 1 or 23. Both exclude each other'), []);
  assert.deepEqual(groups('These overlap: projects 1 or 23.'), [['1', '23']]);
  assert.deepEqual(groups('Projects 1 and B.2 in ul. Długa exclude each other'), [['1', 'B.2']]);
  assert.deepEqual(groups('In conflict: projects 1 and B.2.'), [['1', 'B.2']]);
  assert.deepEqual(groups('#1: projects 1 and 23 conflict #2: projects 23 and 459 are fine'), [['1', '23']]);
  assert.deepEqual(groups('Projects 1 and 1 conflict; projects 23 and 459, projects 1 and 459 too'), [
    ['23', '459'],
    ['1', '459'],
  ]);
  const long = `Projects 1 and 23 are fine #${'7'.repeat(60)}: 459 conflicts`;
  assert.deepEqual(groups(long), []);
  assert.deepEqual(groups('Projects 1 and 24 overlap'), []);
  assert.deepEqual(groups(''), []);
});
