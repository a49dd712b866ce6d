// SPDX-License-Identifier: EUPL-1.2
// The counting rule of a pool and its options, as the manifest names them (section 13).

import { demand } from '../bytes.js';

export type Rank = 'votes' | 'points' | 'votes-per-cost' | 'points-per-cost';
export type Satisfaction = 'cost' | 'cardinality' | 'score';
export type Completion = 'none' | 'add1' | 'utilitarian' | 'add1+utilitarian' | 'comparison';

export interface GreedyRule {
  readonly name: 'greedy';
  /** Undefined: points where ballots have them, else votes. */
  readonly rank?: Rank | undefined;
  readonly threshold?: Threshold | undefined;
  readonly stop: boolean;
}

/** A number of votes, or so many per cent of all ballots. */
export interface Threshold {
  readonly value: number;
  readonly percent: boolean;
}

export interface EqualSharesRule {
  readonly name: 'equal-shares';
  /** Undefined: points where ballots have them, else cost. */
  readonly satisfaction?: Satisfaction | undefined;
  readonly completion: Completion;
  readonly filter: boolean;
}

export type Rule = { readonly name: 'declared' } | GreedyRule | EqualSharesRule;

const RANKS = ['votes', 'points', 'votes-per-cost', 'points-per-cost'] as const;
const SATISFACTIONS = ['cost', 'cardinality', 'score'] as const;
const COMPLETIONS = ['none', 'add1', 'utilitarian', 'add1+utilitarian', 'comparison'] as const;

export function parseRule(
  name: string,
  options: readonly (readonly [option: string, value: string])[],
  what: string,
): Rule {
  const given = new Map(options);
  demand(given.size === options.length, `an option of the counting rule of ${what} stands twice`);
  const known = {
    declared: [],
    greedy: ['rank', 'threshold', 'stop'],
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
  if (name === 'declared') return { name };
  if (name === 'greedy') {
    return {
      name,
      rank: choice('rank', RANKS),
      threshold: given.has('threshold') ? parseThreshold(given.get('threshold')!, what) : undefined,
      stop: choice('stop', ['true']) === 'true',
    };
  }
  return {
    name: 'equal-shares',
    satisfaction: choice('satisfaction', SATISFACTIONS),
    completion: choice('completion', COMPLETIONS) ?? 'none',
    filter: choice('filter', ['true']) === 'true',
  };
}

export function parseThreshold(text: string, what: string): Threshold {
  const match = /^(0|[1-9][0-9]{0,8})(%?)$/.exec(text);
  demand(match !== null, `the threshold of ${what} is "${text}"`);
  const value = Number(match[1]);
  demand(match[2] === '' || value <= 100, `the threshold of ${what} is above 100 %`);
  return { value, percent: match[2] === '%' };
}
