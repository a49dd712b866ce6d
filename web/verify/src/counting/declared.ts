// SPDX-License-Identifier: EUPL-1.2
// The rule that a pool's META lines declare, as far as the documents determine it.

import type { BallotRule } from '../ballot-content.js';
import { NotCovered } from './instance.js';
import { defaultRank, type EqualSharesRule, type GreedyRule } from './rule.js';

/** How the comment of a file describes Poznań's rule. */
const POZNAN =
  /until the next project on the list does not fit within the budget\. Finally, if the remaining budget is enough to fund at least 80% of that project, we fund it as well/;

export function declaredRule(
  form: BallotRule['form'],
  meta: readonly (readonly [key: string, value: string])[],
): GreedyRule | EqualSharesRule {
  const lines = new Map(meta);
  const declared = lines.get('rule');
  const ranking = (stop: boolean, threshold = 0): GreedyRule => ({
    name: 'greedy',
    rank: defaultRank(form),
    threshold,
    stop,
    overrun: false,
    conflicts: [],
  });
  const shares = (completion: 'none' | 'add1', comparison = false): EqualSharesRule => ({
    name: 'equal-shares',
    satisfaction: 'cost',
    completion,
    comparison,
    filter: false,
  });
  switch (declared) {
    case 'greedy':
      return ranking(false);
    case 'greedy-no-skip':
      return ranking(true);
    case 'greedy-threshold': {
      const threshold = lines.get('min_project_score_threshold');
      if (threshold === undefined || !/^[0-9]{1,15}$/.test(threshold)) {
        throw new NotCovered('META has no whole min_project_score_threshold');
      }
      return ranking(false, Number(threshold));
    }
    case 'greedy-custom':
      if (!POZNAN.test(lines.get('comment') ?? '')) {
        throw new NotCovered(
          'the rule "greedy-custom" is what a comment says that this verifier does not know',
        );
      }
      return { ...ranking(true), overrun: true };
    case 'equalshares':
      return shares('none');
    case 'equalshares/add1':
      return shares('add1');
    case 'equalshares-comparison':
      return shares('none', true);
    case 'equalshares/add1-comparison':
      return shares('add1', true);
    default:
      throw new NotCovered(
        declared === undefined
          ? 'META declares no rule'
          : `the declared rule "${declared}" depends on a comment`,
      );
  }
}
