// SPDX-License-Identifier: EUPL-1.2
// What a counting rule is given: projects, money, ballots, and the order that resolves ties.

import type { BallotRule, Content } from '../ballot-content.js';
import { compareBytes, hash, hex, utf8 } from '../bytes.js';
import type { Project, TieOrder } from '../manifest-form.js';

export interface Instance {
  readonly form: BallotRule['form'];
  /** In grosze. */
  readonly money: number;
  /** Candidate `p` is `candidates[p − 1]`. */
  readonly candidates: readonly Candidate[];
  /** All valid ballots, blank ones included. */
  readonly ballots: readonly Content[];
}

export interface Candidate extends Project {
  readonly number: number;
  readonly votes: number;
  readonly points: number;
  /** Its place in the order that resolves ties, from 0. */
  readonly tieRank: number;
}

/** The rule is not fully determined by the documents from which this verifier was written. */
export class NotCovered extends Error {}

/** A project that was withdrawn after the vote has this cost, in grosze. */
export const WITHDRAWN = 99_999_999_900;

/** The ballot with the points that a ranking gives: k to the first of k projects, 1 to the last. */
function withPoints(form: BallotRule['form'], content: Content): Content {
  if (form !== 'ranking') return content;
  return content.map(({ project }, i) => ({ project, points: content.length - i }));
}

export function makeInstance(
  form: BallotRule['form'],
  money: number,
  projects: readonly Project[],
  contents: readonly Content[],
  ties: TieOrder,
  seed: string,
): Instance {
  const ballots = contents.map((content) => withPoints(form, content));
  const votes = projects.map(() => 0);
  const points = projects.map(() => 0);
  for (const ballot of ballots) {
    for (const choice of ballot) {
      votes[choice.project - 1]! += 1;
      points[choice.project - 1]! += choice.points;
    }
  }
  const tieRanks = rankTies(projects, votes, ties, seed);
  const candidates = projects.map((project, i) => ({
    ...project,
    number: i + 1,
    votes: votes[i]!,
    points: points[i]!,
    tieRank: tieRanks[i]!,
  }));
  return { form, money, candidates, ballots };
}

function rankTies(
  projects: readonly Project[],
  votes: readonly number[],
  ties: TieOrder,
  seed: string,
): number[] {
  const ids = projects.map((project) => utf8(project.id));
  const lots = ties === 'draw' ? projects.map((project) => drawLot(seed, project.id)) : [];
  const byId = (a: number, b: number): number => compareBytes(ids[a]!, ids[b]!);
  const byCost = (a: number, b: number): number => projects[a]!.cost - projects[b]!.cost;
  const byVotes = (a: number, b: number): number => votes[b]! - votes[a]!;
  const orders: Record<TieOrder, (a: number, b: number) => number> = {
    id: byId,
    cost: (a, b) => byCost(a, b) || byVotes(a, b) || byId(a, b),
    'cost-desc': (a, b) => byCost(b, a) || byVotes(a, b) || byId(a, b),
    votes: (a, b) => byVotes(a, b) || byCost(a, b) || byId(a, b),
    draw: (a, b) => (lots[a]! < lots[b]! ? -1 : lots[a]! > lots[b]! ? 1 : 0),
  };
  const ranks = projects.map(() => 0);
  for (const [rank, i] of projects
    .map((_, i) => i)
    .sort(orders[ties])
    .entries())
    ranks[i] = rank;
  return ranks;
}

/** The lot of a project; the lowest wins. */
export function drawLot(seed: string, id: string): string {
  return hex(hash(utf8(`urna tie draw v1\n${seed}\n${id}`)));
}
