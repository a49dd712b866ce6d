// SPDX-License-Identifier: EUPL-1.2
// The rule that a pool's META lines declare (section 13.1).

import type { BallotRule } from '../ballot-content.js';
import { demand } from '../bytes.js';
import { commentConflicts } from './comment-conflicts.js';
import { defaultRank, defaultSatisfaction, type EqualSharesRule, type GreedyRule } from './rule.js';

/** Refuses lines that declare no rule, or one that the section does not have. `ids` are those of the pool's projects. */
export function declaredRule(
  form: BallotRule['form'],
  meta: readonly (readonly [key: string, value: string])[],
  ids: ReadonlySet<string>,
  what: string,
): GreedyRule | EqualSharesRule {
  const lines = new Map(meta);
  const comment = lines.get('comment') ?? '';
  const ranking = (more: Partial<GreedyRule> = {}): GreedyRule => ({
    name: 'greedy',
    rank: defaultRank(form),
    threshold: parseThreshold(lines.get('min_project_score_threshold') ?? '', what),
    stop: false,
    overrun: false,
    conflicts: [],
    ...more,
  });
  const shares = (completion: 'none' | 'add1', comparison = false): EqualSharesRule => ({
    name: 'equal-shares',
    satisfaction: defaultSatisfaction(form),
    completion,
    comparison,
    filter: false,
  });
  const declared = lines.get('rule');
  switch (declared) {
    case 'greedy':
    case 'greedy-threshold':
      return ranking();
    case 'greedy-no-skip':
      return ranking({ stop: true });
    case 'greedy-exclusive':
      return ranking({ conflicts: commentConflicts(comment, ids) });
    case 'greedy-custom':
      demand(/80 ?%/.test(comment), `the comment of ${what} does not tell its custom rule`);
      return ranking({ stop: true, overrun: true });
    case 'equalshares':
      return shares('none');
    case 'equalshares/add1':
      return shares('add1');
    case 'equalshares-comparison':
      return shares('none', true);
    case 'equalshares/add1-comparison':
      return shares('add1', true);
    default:
      demand(declared !== undefined, `META of ${what} declares no rule`);
      demand(false, `META of ${what} declares the unknown rule "${declared}"`);
  }
}

/** A whole number, perhaps with decimals that are all zero; none without a text. */
function parseThreshold(text: string, what: string): number {
  if (text === '') return 0;
  const [, whole] = /^[ \t]*(-?[0-9]+)(?:[.,]0+)?[ \t]*$/.exec(text) ?? [];
  demand(
    whole !== undefined && BigInt.asIntN(64, BigInt(whole)) === BigInt(whole),
    `min_project_score_threshold of ${what} is "${text}"`,
  );
  return Number(whole);
}
