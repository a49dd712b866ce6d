// SPDX-License-Identifier: EUPL-1.2
// The counting rule of a pool and its options, as the manifest names them (section 13).

import type { BallotRule } from '../ballot-content.js';
import { demand } from '../bytes.js';
import { declaredRule } from './declared.js';

export type Rank = 'votes' | 'points' | 'votes-per-cost' | 'points-per-cost';
export type Satisfaction = 'cost' | 'cardinality' | 'score';
export type Completion = 'none' | 'add1' | 'utilitarian' | 'add1+utilitarian';

export interface GreedyRule {
  readonly name: 'greedy';
  readonly rank: Rank;
  /** The least votes, or points where `rank` is by points. */
  readonly threshold: number;
  /** Whether nothing is funded after the first project that does not fit. */
  readonly stop: boolean;
  /** With `stop`: whether the first project that does not fit is funded if the money left covers 80 % of it. */
  readonly overrun: boolean;
  /** Ids of projects of each of which only the best that fits is funded. */
  readonly conflicts: readonly (readonly string[])[];
}

export interface EqualSharesRule {
  readonly name: 'equal-shares';
  readonly satisfaction: Satisfaction;
  readonly completion: Completion;
  /** Whether the ranking's outcome is taken if more voters prefer it. */
  readonly comparison: boolean;
  readonly filter: boolean;
}

export type Rule = GreedyRule | EqualSharesRule;

const RANKS = ['votes', 'points', 'votes-per-cost', 'points-per-cost'] as const;
const SATISFACTIONS = ['cost', 'cardinality', 'score'] as const;
const COMPLETIONS = ['none', 'add1', 'utilitarian', 'add1+utilitarian', 'comparison'] as const;

type Form = BallotRule['form'];

export const defaultRank = (form: Form): Rank => (form === 'approval' ? 'votes' : 'points');
export const defaultSatisfaction = (form: Form): Satisfaction => (form === 'approval' ? 'cost' : 'score');

export function parseRule(
  name: string,
  options: readonly (readonly [option: string, value: string])[],
  form: Form,
  ids: ReadonlySet<string>,
  meta: readonly (readonly [key: string, value: string])[],
  what: string,
): Rule {
  const given = new Map(options);
  const once = options.filter(([option]) => option !== 'conflict').map(([option]) => option);
  demand(new Set(once).size === once.length, `an option of the counting rule of ${what} stands twice`);
  const known = {
    declared: [],
    greedy: ['rank', 'threshold', 'stop', 'conflict'],
    'equal-shares': ['satisfaction', 'completion', 'filter'],
  };
  demand(Object.hasOwn(known, name), `${what} has the unknown counting rule "${name}"`);
  for (const option of given.keys()) {
    demand(
      (known[name as keyof typeof known] as string[]).includes(option),
      `the counting rule of ${what} has the unknown option "${option}"`,
    );
  }
  const choice = <Name extends string>(option: string, names: readonly Name[]): Name | undefined => {
    const value = given.get(option);
    const found = names.find((candidate) => candidate === value);
    demand(value === undefined || found !== undefined, `the option "${option}" of ${what} is "${value}"`);
    return found;
  };
  if (name === 'declared') return declaredRule(form, meta, ids, what);
  if (name === 'greedy') {
    return {
      name,
      rank: choice('rank', RANKS) ?? defaultRank(form),
      threshold: parseThreshold(given.get('threshold') ?? '0', what),
      stop: choice('stop', ['true']) === 'true',
      overrun: false,
      conflicts: options
        .filter(([option]) => option === 'conflict')
        .map(([, list]) => parseConflict(list, ids, what)),
    };
  }
  const satisfaction = choice('satisfaction', SATISFACTIONS);
  demand(satisfaction !== 'score' || form !== 'approval', `ballots of ${what} have no points for a score`);
  const completion = choice('completion', COMPLETIONS) ?? 'none';
  return {
    name: 'equal-shares',
    satisfaction: satisfaction ?? defaultSatisfaction(form),
    completion: completion === 'comparison' ? 'add1' : completion,
    comparison: completion === 'comparison',
    filter: choice('filter', ['true']) === 'true',
  };
}

function parseConflict(list: string, ids: ReadonlySet<string>, what: string): string[] {
  const conflict = list.split(',');
  demand(
    conflict.length >= 2 && new Set(conflict).size === conflict.length && conflict.every((id) => ids.has(id)),
    `the conflict "${list}" of ${what} does not name two or more of its projects`,
  );
  return conflict;
}

function parseThreshold(text: string, what: string): number {
  demand(
    /^(0|[1-9][0-9]{0,9})$/.test(text) && Number(text) < 2 ** 32,
    `the threshold of ${what} is "${text}"`,
  );
  return Number(text);
}
