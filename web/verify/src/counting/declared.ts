// SPDX-License-Identifier: EUPL-1.2
// The rule that a pool's META lines declare, as far as the documents determine it.

import type { BallotRule } from '../ballot-content.js';
import { NotCovered } from './instance.js';
import { parseThreshold, type EqualSharesRule, type GreedyRule } from './rule.js';

export function declaredRule(
  form: BallotRule['form'],
  meta: readonly (readonly [key: string, value: string])[],
): GreedyRule | EqualSharesRule {
  const lines = new Map(meta);
  const declared = lines.get('rule');
  const shares = (completion: EqualSharesRule['completion']): EqualSharesRule => ({
    name: 'equal-shares',
    satisfaction: 'cost',
    completion,
    filter: false,
  });
  switch (declared) {
    case 'greedy':
      return { name: 'greedy', stop: false };
    case 'greedy-no-skip':
      return { name: 'greedy', stop: true };
    case 'greedy-threshold': {
      const threshold = lines.get('min_project_score_threshold');
      if (form !== 'approval') {
        throw new NotCovered('it is not stated whether min_project_score_threshold means votes or points');
      }
      if (threshold === undefined || !/^[0-9]+$/.test(threshold)) {
        throw new NotCovered('META has no whole min_project_score_threshold');
      }
      return { name: 'greedy', threshold: parseThreshold(threshold, 'the META lines'), stop: false };
    }
    case 'equalshares':
      return shares('none');
    case 'equalshares/add1':
      return shares('add1');
    case 'equalshares-comparison':
    case 'equalshares/add1-comparison':
      return shares('comparison');
    default:
      throw new NotCovered(
        declared === undefined
          ? 'META declares no rule'
          : `the declared rule "${declared}" depends on a comment`,
      );
  }
}
