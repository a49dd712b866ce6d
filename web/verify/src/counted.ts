// SPDX-License-Identifier: EUPL-1.2
// Which ballot counts (section 10).

import { be64, demand, equalBytes, hash, joinAll } from './bytes.js';
import type { Ballot } from './ballots.js';
import { fields, keys } from './cbor.js';
import type { Entries } from './entries.js';
import type { Manifest } from './manifest.js';

/** The ballots that count, for each pool in the order of their entries. */
export function countedBallots(
  rules: Pick<Manifest, 'policy' | 'groups'>,
  poolCount: number,
  ballots: readonly Ballot[],
  /** `pool pseudonym` of those who vote on paper there. */
  marks: ReadonlySet<string> = new Set(),
): Ballot[][] {
  const { policy, groups } = rules;

  // For every pool and pseudonym the one ballot that remains.
  const remaining = new Map<string, Map<number, Ballot>>();
  for (const [pseudonym, own] of groupBy(ballots, (ballot) => ballot.pseudonym)) {
    const kept = new Map<number, Ballot>();
    for (const [pool, list] of groupBy(own, (ballot) => ballot.pool)) {
      if (marks.has(`${pool} ${pseudonym}`)) continue;
      const ballot = theOneThatCounts(list, policy);
      if (ballot) kept.set(pool, ballot);
    }
    remaining.set(pseudonym, kept);
  }

  // For every group and pseudonym no more pools than allowed.
  for (const [pseudonym, kept] of remaining) {
    for (const group of groups) {
      const inGroup = group.pools.flatMap((pool) => kept.get(pool) ?? []);
      const most = group.most - group.pools.filter((pool) => marks.has(`${pool} ${pseudonym}`)).length;
      if (inGroup.length <= most) continue;
      inGroup.sort(
        (a, b) => b.level - a.level || (policy === 'last' ? b.index - a.index : a.index - b.index),
      );
      const surplus = policy === 'void' ? inGroup : inGroup.slice(most);
      for (const ballot of surplus) kept.delete(ballot.pool);
    }
  }

  const pools = Array.from({ length: poolCount }, (): Ballot[] => []);
  for (const kept of remaining.values()) for (const [pool, ballot] of kept) pools[pool]!.push(ballot);
  for (const list of pools) list.sort((a, b) => a.index - b.index);
  return pools;
}

function theOneThatCounts(list: readonly Ballot[], policy: Manifest['policy']): Ballot | undefined {
  const valid = list.filter((ballot) => !ballot.annulled);
  const highest = valid.reduce((level, ballot) => Math.max(level, ballot.level), 0);
  const best = valid.filter((ballot) => ballot.level === highest);
  if (policy === 'void') return best.length === 1 ? best[0] : undefined;
  return policy === 'last' ? best.at(-1) : best[0];
}

function groupBy<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** Phase 11: one entry for each pool, and none while ballots wait for a decision or boxes to be opened. */
export function verifyCounted(
  entries: Entries,
  counted: readonly (readonly Ballot[])[],
  frozen: readonly number[],
  /** A batch of cards that nobody has stated. */
  batchDue: number | undefined,
): void {
  for (const [pool, ballots] of counted.entries()) {
    entries.take('counted', (entry) => {
      demand(
        frozen.length === 0,
        `the ballot of entry ${frozen[0]} is frozen and nobody has decided about it`,
        'undecided',
      );
      demand(
        batchDue === undefined,
        `nobody has stated what was in the box of batch ${batchDue}`,
        'incomplete',
      );
      const f = fields(entry.map, 'the entry', keys(0, 4));
      demand(f.uint(2) === pool, `the entry is not of pool ${pool}, whose turn it is`, 'order');
      demand(
        f.uint(3) === ballots.length,
        `the entry says ${f.uint(3)} ballots, there are ${ballots.length}`,
      );
      const indices = hash(joinAll(ballots.map((ballot) => be64(ballot.index))));
      demand(equalBytes(f.bytes(4, 32), indices), 'the entry names other ballots than those that count');
    });
  }
}
