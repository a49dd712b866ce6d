// SPDX-License-Identifier: EUPL-1.2
// What a ballot says, as bits, and when it is valid (sections 6.1, 6.2 and 6.4).

import { concatBits, readBits } from './bits.js';
import { demand } from './bytes.js';

export interface BallotRule {
  readonly form: 'approval' | 'ranking' | 'points';
  /** Fewest and most projects on a ballot that is not blank. */
  readonly least: number;
  readonly most: number;
  readonly points: {
    readonly leastEach: number;
    readonly mostEach: number;
    readonly leastInAll: number;
    readonly mostInAll: number;
  } | null;
  /** The most, in grosze, that the projects named may cost together. */
  readonly knapsack: number | null;
  /** Whether a blank ballot is valid. */
  readonly blank: boolean;
}

/** Project numbers from 1, in the ballot's order, and their points (1 each where the form has none). */
export interface Choice {
  readonly project: number;
  readonly points: number;
}
export type Content = readonly Choice[];

export type Layout = 'mask' | 'list' | 'vector' | 'pairs';

/** A plaintext as it was read: its content, or the code of the first reason why it is invalid. */
export type Plaintext = { readonly content: Content } | { readonly invalid: number };

export const INVALID = {
  encoding: 1,
  counter: 2,
  padding: 3,
  project: 4,
  order: 5,
  blank: 6,
  length: 7,
  points: 8,
  sum: 9,
  cost: 10,
} as const;

/** The number of binary digits of `n ≥ 1`. */
export function bits(n: number): number {
  return n.toString(2).length;
}

/** The layout that takes fewer bits, and how many. */
export function layoutOf(rule: BallotRule, projects: number): { layout: Layout; bits: number } {
  const list = rule.most * bits(projects);
  if (rule.form === 'ranking') return { layout: 'list', bits: list };
  if (rule.form === 'approval') {
    return projects <= list ? { layout: 'mask', bits: projects } : { layout: 'list', bits: list };
  }
  const each = bits(rule.points!.mostEach);
  const vector = projects * each;
  const pairs = list + rule.most * each;
  return vector <= pairs ? { layout: 'vector', bits: vector } : { layout: 'pairs', bits: pairs };
}

/** The number of elements that hold a ballot, 29 bytes each. */
export function ballotWidth(rule: BallotRule, projects: number): number {
  return Math.max(1, Math.ceil(layoutOf(rule, projects).bits / 232));
}

/** The `29 w` bytes of a content that the rule allows. */
export function packBallot(rule: BallotRule, projects: number, content: Content): Uint8Array {
  const { layout } = layoutOf(rule, projects);
  const points = new Map(content.map((choice) => [choice.project, choice.points]));
  const number = bits(projects);
  const each = rule.points === null ? 0 : bits(rule.points.mostEach);
  const everyProject = Array.from({ length: projects }, (_, i) => i + 1);
  const parts: [value: number, width: number][] = [];
  if (layout === 'mask') for (const p of everyProject) parts.push([points.has(p) ? 1 : 0, 1]);
  if (layout === 'vector') for (const p of everyProject) parts.push([points.get(p) ?? 0, each]);
  if (layout === 'list') for (const choice of content) parts.push([choice.project, number]);
  if (layout === 'pairs')
    for (const choice of content) parts.push([choice.project, number], [choice.points, each]);
  return concatBits(parts, 29 * ballotWidth(rule, projects));
}

/** Reads `29 w` bytes; `costs[p − 1]` is the cost of project `p`. */
export function unpackBallot(rule: BallotRule, costs: readonly number[], bytes: Uint8Array): Plaintext {
  const projects = costs.length;
  const { layout, bits: used } = layoutOf(rule, projects);
  demand(bytes.length === 29 * ballotWidth(rule, projects), 'a plaintext has the wrong length');
  if (readBits(bytes, used).some((bit) => bit !== 0)) return { invalid: INVALID.padding };

  const each = rule.points === null ? 0 : bits(rule.points.mostEach);
  const slots = readSlots(layout, bytes, projects, rule.most, bits(projects), each);
  if (slots.some((slot) => slot.project > projects || (slot.project === 0 && slot.points > 0))) {
    return { invalid: INVALID.project };
  }
  if (layout === 'list' || layout === 'pairs') {
    const content = slots.filter((slot) => slot.project !== 0);
    const gap = slots.slice(0, content.length).some((slot) => slot.project === 0);
    const numbers = content.map((slot) => slot.project);
    const ordered =
      rule.form === 'ranking'
        ? new Set(numbers).size === numbers.length
        : numbers.every((number, i) => i === 0 || number > numbers[i - 1]!);
    const unpaid = layout === 'pairs' && content.some((slot) => slot.points === 0);
    if (gap || !ordered || unpaid) return { invalid: INVALID.order };
  }
  const content = slots.filter((slot) => slot.project !== 0);
  return judge(rule, costs, content);
}

/** The slots of a layout; an empty slot has project 0. */
function readSlots(
  layout: Layout,
  bytes: Uint8Array,
  projects: number,
  most: number,
  number: number,
  each: number,
): Choice[] {
  const value = (from: number, width: number): number =>
    readBits(bytes, from, from + width).reduce((sum, bit) => 2 * sum + bit, 0);
  const slots = (count: number, slot: (i: number) => Choice): Choice[] =>
    Array.from({ length: count }, (_, i) => slot(i));
  switch (layout) {
    case 'mask':
      return slots(projects, (i) => (value(i, 1) === 1 ? { project: i + 1, points: 1 } : EMPTY));
    case 'vector':
      return slots(projects, (i) => {
        const points = value(i * each, each);
        return points > 0 ? { project: i + 1, points } : EMPTY;
      });
    case 'list':
      return slots(most, (i) => {
        const project = value(i * number, number);
        return project > 0 ? { project, points: 1 } : EMPTY;
      });
    case 'pairs':
      return slots(most, (i) => ({
        project: value(i * (number + each), number),
        points: value(i * (number + each) + number, each),
      }));
  }
}

const EMPTY: Choice = { project: 0, points: 0 };

/** Codes 6 to 10. */
function judge(rule: BallotRule, costs: readonly number[], content: Content): Plaintext {
  if (content.length === 0) return rule.blank ? { content } : { invalid: INVALID.blank };
  if (content.length < rule.least || content.length > rule.most) return { invalid: INVALID.length };
  if (rule.points !== null) {
    const { leastEach, mostEach, leastInAll, mostInAll } = rule.points;
    if (content.some(({ points }) => points < leastEach || points > mostEach)) {
      return { invalid: INVALID.points };
    }
    const total = content.reduce((sum, { points }) => sum + points, 0);
    if (total < leastInAll || total > mostInAll) return { invalid: INVALID.sum };
  }
  if (rule.knapsack !== null) {
    // BigInt: 65,535 projects of 10^14 each are beyond the whole numbers that a double can hold.
    const total = content.reduce((sum, { project }) => sum + BigInt(costs[project - 1]!), 0n);
    if (total > BigInt(rule.knapsack)) return { invalid: INVALID.cost };
  }
  return { content };
}
