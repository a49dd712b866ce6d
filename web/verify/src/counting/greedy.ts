// SPDX-License-Identifier: EUPL-1.2
// Ranking ("greedy"): from the most votes or points down, whatever fits is funded.

import { WITHDRAWN, type Candidate, type Instance } from './instance.js';
import type { GreedyRule, Rank } from './rule.js';

/** The winners in the order in which they are funded. */
export function greedy(instance: Instance, rule: GreedyRule): number[] {
  const amount = amountOf(rule.rank);
  const excluded = new Set<string>();
  const winners: number[] = [];
  let money = instance.money;
  for (const candidate of [...instance.candidates].sort(byRank(rule.rank))) {
    if (candidate.cost === WITHDRAWN || amount(candidate) < rule.threshold) continue;
    if (excluded.has(candidate.id)) continue;
    if (candidate.cost <= money) {
      winners.push(candidate.number);
      money -= candidate.cost;
      for (const conflict of rule.conflicts) {
        if (conflict.includes(candidate.id)) conflict.forEach((id) => excluded.add(id));
      }
    } else if (rule.stop) {
      if (rule.overrun && 5 * money >= 4 * candidate.cost) winners.push(candidate.number);
      break;
    }
  }
  return winners;
}

/** Votes or points, whichever the rank goes by. */
function amountOf(rank: Rank): (candidate: Candidate) => number {
  return rank.startsWith('votes') ? ({ votes }) => votes : ({ points }) => points;
}

/** The order by rank, best first. */
export function byRank(rank: Rank): (a: Candidate, b: Candidate) => number {
  const amount = amountOf(rank);
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
