// SPDX-License-Identifier: EUPL-1.2
// Results as the ballot box tells them (docs/open-data.md), and what follows for showing them.
import { call, NoAnswer } from '$ui/api';
import type { Text } from '$ui/language.svelte';

export interface Ballots {
  readonly cast: number;
  readonly paper: number;
  readonly annulled: number;
  readonly superseded: number;
  readonly counted: number;
  readonly by_level: Readonly<Record<string, number>>;
  readonly valid?: number;
  readonly blank?: number;
  readonly invalid?: Readonly<Record<string, number>>;
}

export interface AnnulledEffect {
  readonly ballots: number;
  /** The fewest ballots that decide anything; null: none would. */
  readonly margin: number | null;
  readonly same_winners: boolean;
  readonly at_stake: readonly {
    readonly id: string;
    readonly at_least: number;
    readonly at_most: number | null;
  }[];
}

export interface PoolHead {
  readonly id: string;
  readonly slug: string;
  readonly number: number;
  readonly title: string;
  readonly status: 'counted' | 'withheld' | 'awaited';
  /** Currency units. */
  readonly money: number;
  readonly currency: string;
  readonly projects: number;
  readonly ballots: Ballots;
}

export interface EditionResults {
  /** Address of the signed protocol. */
  readonly protocol: string | null;
  readonly edition: string;
  readonly title: string;
  readonly resolution: string;
  readonly city: Text | null;
  readonly presentation: string | null;
  readonly complete: boolean;
  readonly opened: number;
  readonly closed: number;
  readonly entries: number;
  readonly entitled: number;
  readonly certificates: number;
  readonly ballots: number;
  readonly voters: number;
  readonly privacy_minimum: number;
  readonly pools: readonly (PoolHead & { readonly funded: number | null; readonly cost: number | null })[];
}

export interface Exact {
  readonly exact: string;
  readonly approx: string;
}

export interface Reason {
  readonly code: string;
  readonly text: Text;
  /** Left in the pool at its turn, where the rule takes projects in turn. */
  readonly money_before?: number;
}

export interface CountedProject {
  readonly id: string;
  readonly name: string;
  readonly cost: number;
  readonly votes: number;
  readonly score: number;
  readonly selected: boolean;
  readonly reason: Reason;
  readonly margin: number | null;
  readonly margin_detail: {
    readonly at_least: number | null;
    readonly at_most: number | null;
    readonly own: number | null;
    readonly exact: boolean;
    readonly never: boolean;
  } | null;
}

export interface Tie {
  readonly criterion: string;
  readonly projects: readonly string[];
  readonly decisive: boolean;
  readonly lots?: Readonly<Record<string, string>>;
}

export interface CountedRule {
  readonly rule: string;
  readonly label: Text;
  readonly options: Readonly<Record<string, string>>;
  readonly winners: readonly string[];
  readonly total_cost: number;
  readonly analysis: {
    readonly ballots: number;
    readonly excluded: number;
    readonly funded_projects: Readonly<Record<'mean' | 'median', Exact>>;
  };
}

export interface OtherRule extends CountedRule {
  readonly versus_main: {
    readonly only_main: readonly string[];
    readonly only_this: readonly string[];
    readonly ballots_preferring_main: number;
    readonly ballots_preferring_this: number;
  };
}

export interface PoolResults {
  readonly edition: string;
  readonly pool: PoolHead;
  readonly mixed_by: readonly string[];
  readonly decrypted_by: readonly string[];
  readonly tie_seed: string;
  /** What annulled ballots could have changed, had all of them counted. */
  readonly annulled: AnnulledEffect | null;
  readonly count: CountedRule & {
    readonly budget: number;
    readonly vote_type: string;
    readonly tie_order: string;
    readonly input_sha256: string;
    readonly program: string | null;
    readonly ties: readonly Tie[];
    readonly projects: readonly CountedProject[];
    readonly others: readonly OtherRule[];
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function load(path: string, list: string): Promise<unknown> {
  const answer = await call(`/api/v1/results${path}`);
  if (!isObject(answer) || answer['version'] !== 1 || !(list in answer)) {
    throw new NoAnswer('these are no results');
  }
  return answer;
}

export const loadResults = async (): Promise<EditionResults> => (await load('', 'pools')) as EditionResults;

export const loadPool = async (slug: string): Promise<PoolResults> =>
  (await load(`/${encodeURIComponent(slug)}`, 'count')) as PoolResults;

/** Whether projects are ranked by points rather than by votes. */
export const inPoints = ({ count }: PoolResults): boolean =>
  count.vote_type === 'ordinal' || count.vote_type === 'cumulative' || count.vote_type === 'scoring';

/** Winners in the order of the rule, then the others by support. */
export function inOrder(results: PoolResults): CountedProject[] {
  const { winners, projects } = results.count;
  const place = new Map(winners.map((id, k) => [id, k]));
  const support = supportOf(results);
  return [...projects].sort((a, b) => {
    const [x, y] = [place.get(a.id) ?? Infinity, place.get(b.id) ?? Infinity];
    return x === y ? support(b) - support(a) : x - y;
  });
}

export function supportOf(results: PoolResults): (project: CountedProject) => number {
  return inPoints(results) ? (project) => project.score : (project) => project.votes;
}
