// SPDX-License-Identifier: EUPL-1.2
// From a pool's valid ballots to its winners (section 13).

import type { Content } from '../ballot-content.js';
import { hex } from '../bytes.js';
import type { Pool, TieOrder } from '../manifest-form.js';
import { equalShares } from './equal-shares.js';
import { greedy } from './greedy.js';
import { makeInstance, NotCovered } from './instance.js';

export type Count = { readonly winners: readonly number[] } | { readonly notCovered: string };

/** The project numbers of the winners in the order of the rule, or why this verifier cannot count by the rule. */
export function countPool(
  pool: Pool,
  ballots: readonly Content[],
  ties: TieOrder,
  tieSeed: Uint8Array,
): Count {
  const { form } = pool.ballotRule;
  const instance = makeInstance(form, pool.money, pool.projects, ballots, ties, hex(tieSeed));
  try {
    const { rule } = pool;
    return { winners: rule.name === 'greedy' ? greedy(instance, rule) : equalShares(instance, rule) };
  } catch (error) {
    if (error instanceof NotCovered) return { notCovered: error.message };
    throw error;
  }
}
