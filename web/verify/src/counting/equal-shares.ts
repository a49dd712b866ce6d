// SPDX-License-Identifier: EUPL-1.2
// The Method of Equal Shares in exact integers, with Add1 and the utilitarian completion.
//
// Everybody's money is a whole number of parts of a common size, 1/D of a grosz. When a project is bought at the
// price n/(S D) per unit of satisfaction, D becomes D S: all amounts stay whole, and no fraction is ever rounded.

import type { Content } from '../ballot-content.js';
import { byRank, greedy } from './greedy.js';
import { NotCovered, WITHDRAWN, type Candidate, type Instance } from './instance.js';
import { defaultRank, type EqualSharesRule, type Satisfaction } from './rule.js';

/** One currency unit, the step of Add1, in grosze. */
const STEP = 100n;
const MAXIMUM_STEPS = 10_000_000;

/** Voters with equal ballots. */
interface VoterClass {
  readonly size: bigint;
  readonly satisfaction: ReadonlyMap<number, bigint>;
}

interface Support {
  readonly voterClass: number;
  readonly size: bigint;
  readonly units: bigint;
}

interface Supported {
  readonly candidate: Candidate;
  readonly cost: bigint;
  readonly supporters: readonly Support[];
}

export function equalShares(
  instance: Instance,
  rule: EqualSharesRule,
  maximumSteps = MAXIMUM_STEPS,
): number[] {
  const { satisfaction } = rule;
  const eligible = instance.candidates.filter(
    (candidate) =>
      candidate.votes > 0 &&
      candidate.cost !== WITHDRAWN &&
      (!rule.filter || passesFilter(instance, candidate)),
  );
  const classes = groupVoters(instance, eligible, satisfaction);
  const supported = eligible.map((candidate) => supportOf(candidate, classes));
  const bought = rule.completion.startsWith('add1')
    ? add1(instance, supported, classes.length, maximumSteps)
    : run(instance, supported, classes.length, 0n);
  const winners = rule.completion.endsWith('utilitarian')
    ? completeUtilitarian(instance, eligible, bought, satisfaction)
    : bought;
  return rule.comparison ? compareWithRanking(instance, winners) : winners;
}

/** The ranking's winners if more voters prefer them: those who named more of these than of the others. */
function compareWithRanking(instance: Instance, winners: readonly number[]): number[] {
  const rank = defaultRank(instance.form);
  const ranked = greedy(instance, {
    name: 'greedy',
    rank,
    threshold: 0,
    stop: false,
    overrun: false,
    conflicts: [],
  });
  const named = (ballot: Content, list: readonly number[]): number =>
    ballot.filter(({ project }) => list.includes(project)).length;
  const preferences = instance.ballots.map((ballot) =>
    Math.sign(named(ballot, ranked) - named(ballot, winners)),
  );
  return preferences.reduce((sum, preference) => sum + preference, 0) > 0 ? ranked : [...winners];
}

/** votes / n ≥ cost / (3 B). */
function passesFilter(instance: Instance, candidate: Candidate): boolean {
  return (
    3n * BigInt(instance.money) * BigInt(candidate.votes) >=
    BigInt(candidate.cost) * BigInt(instance.ballots.length)
  );
}

function groupVoters(
  instance: Instance,
  eligible: readonly Candidate[],
  satisfaction: Satisfaction,
): VoterClass[] {
  const costs = new Map(eligible.map((candidate) => [candidate.number, BigInt(candidate.cost)]));
  const groups = new Map<string, { size: bigint; satisfaction: Map<number, bigint> }>();
  for (const ballot of instance.ballots) {
    const units = new Map<number, bigint>();
    for (const { project, points } of ballot) {
      const cost = costs.get(project);
      if (cost === undefined) continue;
      units.set(project, satisfaction === 'score' ? BigInt(points) : satisfaction === 'cost' ? cost : 1n);
    }
    const key = [...units].sort(([a], [b]) => a - b).join(';');
    const group = groups.get(key);
    if (group) group.size += 1n;
    else groups.set(key, { size: 1n, satisfaction: units });
  }
  return [...groups.values()];
}

function supportOf(candidate: Candidate, classes: readonly VoterClass[]): Supported {
  const supporters = classes.flatMap((group, voterClass): Support[] => {
    const units = group.satisfaction.get(candidate.number);
    return units === undefined ? [] : [{ voterClass, size: group.size, units }];
  });
  return { candidate, cost: BigInt(candidate.cost), supporters };
}

/** A price per unit of satisfaction: `numerator / (units · D)` for the `D` at the time it was computed. */
interface Price {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const compare = (a: Price, b: Price): bigint => a.numerator * b.denominator - b.numerator * a.denominator;

/** One run in which every voter starts with `B / n + extra` grosze: the projects in the order they are bought. */
function run(
  instance: Instance,
  supported: readonly Supported[],
  classCount: number,
  extra: bigint,
): number[] {
  if (classCount === 0) return [];
  let D = BigInt(instance.ballots.length);
  let money = new Array<bigint>(classCount).fill(BigInt(instance.money) + extra * D);
  const winners: number[] = [];

  // What costs nothing is bought at once, and nobody pays.
  const free = supported.filter(({ cost }) => cost === 0n).sort(byTie);
  winners.push(...free.map(({ candidate }) => candidate.number));

  // Nobody's money ever grows, so a price never falls: an old price is a lower bound of the present one.
  let open = supported
    .filter(({ cost }) => cost > 0n)
    .map((project) => ({ project, bound: { numerator: 0n, denominator: 1n } as Price }));
  for (;;) {
    let best: { project: Supported; price: Price } | undefined;
    const unaffordable = new Set<Supported>();
    open.sort((a, b) => sign(compare(a.bound, b.bound)));
    for (const entry of open) {
      if (best && compare(entry.bound, best.price) > 0n) break;
      const price = priceOf(entry.project, money, D);
      if (price === undefined) {
        unaffordable.add(entry.project);
        continue;
      }
      entry.bound = price;
      const order = best ? compare(price, best.price) : -1n;
      if (order < 0n || (order === 0n && byTie(entry.project, best!.project) < 0)) {
        best = { project: entry.project, price };
      }
    }
    if (!best) return winners;
    const { project, price } = best;
    winners.push(project.candidate.number);
    open = open.filter((entry) => entry.project !== project && !unaffordable.has(entry.project));

    // In parts of 1/(D S): each supporter pays min(all the money left, units · numerator).
    const units = price.denominator / D;
    money = money.map((amount) => amount * units);
    D = price.denominator;
    for (const { voterClass, units: u } of project.supporters) {
      const payment = u * price.numerator;
      money[voterClass] = money[voterClass]! > payment ? money[voterClass]! - payment : 0n;
    }
  }
}

const sign = (x: bigint): number => (x > 0n ? 1 : x < 0n ? -1 : 0);
const byTie = (a: Supported, b: Supported): number => a.candidate.tieRank - b.candidate.tieRank;

/**
 * The price r with Σ min(money, r · units) = cost, or undefined if the supporters have too little. The sum is a
 * concave function of r, so that Newton's method from r = cost / Σ units reaches the root from below in finitely
 * many steps: in each, those who cannot pay r · units give all they have and the others share the rest.
 */
function priceOf(project: Supported, money: readonly bigint[], D: bigint): Price | undefined {
  let rest = project.cost * D;
  let paying = project.supporters;
  for (;;) {
    const units = paying.reduce((total, { size, units: u }) => total + size * u, 0n);
    if (units === 0n) return undefined;
    const able = ({ voterClass, units: u }: Support): boolean => money[voterClass]! * units >= u * rest;
    const unable = paying.filter((support) => !able(support));
    if (unable.length === 0) return { numerator: rest, denominator: units * D };
    paying = paying.filter(able);
    for (const { voterClass, size } of unable) rest -= size * money[voterClass]!;
  }
}

/**
 * Raises everybody's money by one currency unit at a time, until the next step would cost more than there is. If all
 * projects with support are funded, more money changes nothing and the steps end.
 */
function add1(
  instance: Instance,
  supported: readonly Supported[],
  classCount: number,
  maximumSteps: number,
): number[] {
  const costs = new Map(supported.map(({ candidate, cost }) => [candidate.number, cost]));
  let kept = run(instance, supported, classCount, 0n);
  for (let step = 1; kept.length < supported.length; step++) {
    if (step > maximumSteps) throw new NotCovered(`Add1 does not end within ${maximumSteps} steps`);
    const next = run(instance, supported, classCount, BigInt(step) * STEP);
    const spent = next.reduce((total, number) => total + costs.get(number)!, 0n);
    if (spent > BigInt(instance.money)) break;
    kept = next;
  }
  return kept;
}

/** Funds, in order of satisfaction per cost, whatever still fits. */
function completeUtilitarian(
  instance: Instance,
  eligible: readonly Candidate[],
  winners: readonly number[],
  satisfaction: Satisfaction,
): number[] {
  const rank = { cost: 'votes', cardinality: 'votes-per-cost', score: 'points-per-cost' } as const;
  const funded = [...winners];
  let money = instance.money;
  for (const number of winners) money -= instance.candidates[number - 1]!.cost;
  for (const candidate of [...eligible].sort(byRank(rank[satisfaction]))) {
    if (winners.includes(candidate.number) || candidate.cost > money) continue;
    funded.push(candidate.number);
    money -= candidate.cost;
  }
  return funded;
}
