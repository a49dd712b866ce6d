// SPDX-License-Identifier: EUPL-1.2
// Ranking ("greedy"): from the most votes or points down, whatever fits is funded.

import { WITHDRAWN, type Candidate, type Instance } from './instance.js';
import type { GreedyRule, Rank } from './rule.js';

/** The winners in the order in which they are funded. */
export function greedy(instance: Instance, rule: GreedyRule): number[] {
  const rank = rule.rank ?? (instance.form === 'approval' ? 'votes' : 'points');
  const threshold = thresholdVotes(instance, rule);
  const winners: number[] = [];
  let money = instance.money;
  for (const candidate of [...instance.candidates].sort(byRank(rank))) {
    if (candidate.cost === WITHDRAWN || candidate.votes < threshold) continue;
    if (candidate.cost <= money) {
      winners.push(candidate.number);
      money -= candidate.cost;
    } else if (rule.stop) {
      break;
    }
  }
  return winners;
}

/** The least number of votes; a percentage is of all ballots, rounded up. */
function thresholdVotes(instance: Instance, rule: GreedyRule): number {
  if (rule.threshold === undefined) return 0;
  const { value, percent } = rule.threshold;
  return percent ? Math.ceil((value * instance.ballots.length) / 100) : value;
}

/** The order by rank, best first. */
export function byRank(rank: Rank): (a: Candidate, b: Candidate) => number {
  const amount = (c: Candidate): number => (rank.startsWith('votes') ? c.votes : c.points);
  return (a, b) => {
    if (!rank.endsWith('-per-cost')) return amount(b) - amount(a) || a.tieRank - b.tieRank;
    // What costs nothing stands before what costs something; two such are tied.
    if (a.cost === 0 || b.cost === 0)
      return Number(b.cost === 0) - Number(a.cost === 0) || a.tieRank - b.tieRank;
    const left = BigInt(amount(a)) * BigInt(b.cost);
    const right = BigInt(amount(b)) * BigInt(a.cost);
    return left > right ? -1 : left < right ? 1 : a.tieRank - b.tieRank;
  };
}
