// SPDX-License-Identifier: EUPL-1.2
// Cases as the desk tells them (docs/openapi.yaml, docs/cases.md): pseudonyms only.
import { ask, type Proposal } from '../api';

export type CaseState =
  | 'received'
  | 'dismissed'
  | 'frozen'
  | 'heard'
  | 'advised'
  | 'decided'
  | 'appealed'
  | 'closed';
export type Origin = 'signals' | 'complaint' | 'list-check' | 'report';
export type Standing = 'untouched' | 'frozen' | 'upheld' | 'annulled' | 'restored';
export type Answer = 'none' | 'mine' | 'not-mine' | 'undelivered';
export type NodeKind = 'voter' | 'contact' | 'network' | 'point' | 'guardian';
export type CaseAction = 'freeze' | 'annul' | 'uphold' | 'keep';
export type Advice = 'annul' | 'uphold' | 'neither';

export interface Clock {
  readonly name: string;
  readonly due: number;
  readonly act: string;
  readonly article: string;
  readonly to_be_confirmed: boolean;
}
export interface ListedCase {
  readonly number: string;
  readonly version: number;
  readonly opened: number;
  readonly made: number;
  readonly received: number;
  readonly origin: Origin;
  readonly summary: { readonly pl: string; readonly en: string };
  readonly state: CaseState;
  readonly clock: Clock | null;
  readonly numbers: {
    readonly voters: number;
    readonly ballots: number;
    readonly frozen: number;
    readonly annulled: number;
    readonly upheld: number;
  };
  readonly board_stale: boolean;
}
export interface SeenBallot {
  readonly entry: number;
  readonly hash: string;
  readonly pool: number;
  readonly level: number;
  readonly standing: Standing;
  readonly counts: boolean;
}
export interface CaseVoter {
  readonly pseudonym: string;
  readonly node: string;
  readonly told: number | null;
  readonly answer: Answer;
  readonly answered: number | null;
  readonly reclaimed: boolean;
  readonly ballots: readonly SeenBallot[];
}
export interface TimelinePart {
  readonly minute: number;
  readonly certified: number;
  readonly refused: number;
}
export interface GraphNode {
  readonly id: string;
  readonly kind: NodeKind;
}
export type Edge = readonly [string, string];
export interface CaseEvent {
  readonly position: number;
  readonly kind: 'received' | 'dismissed' | 'opinion' | 'proposed' | 'appeal' | 'closed';
  readonly official: string;
  readonly time: number;
  readonly content: {
    readonly version?: number;
    readonly reason?: string;
    readonly grounds?: string;
    readonly advice?: Advice;
    readonly text?: string;
    readonly proposal?: string;
    readonly action?: CaseAction;
    readonly ballots?: readonly number[];
    readonly departure?: string;
    readonly urgent?: string;
    readonly appeal?: number | null;
    readonly filed?: number;
    readonly late?: string;
  };
}
export interface WholeCase extends ListedCase {
  readonly now: number;
  readonly hearing: {
    readonly asked: number | null;
    readonly answer_until: number | null;
    readonly over: boolean;
    readonly everybody_answered: boolean;
  };
  readonly opinion: number | null;
  readonly undecided: readonly number[];
  readonly frozen_by_it: readonly number[];
  readonly appeals: readonly {
    readonly position: number;
    readonly filed: number;
    readonly ballots: readonly number[];
    readonly open: readonly number[];
  }[];
  readonly voters: readonly CaseVoter[];
  readonly content: {
    readonly signals: readonly {
      readonly kind: string;
      readonly observed: number;
      readonly of: number;
      readonly expected: number;
      readonly probability: number;
      readonly compared: number;
      readonly pl: string;
      readonly en: string;
    }[];
    readonly timeline: readonly TimelinePart[];
    readonly nodes: readonly GraphNode[];
    readonly edges: readonly Edge[];
    readonly expected_by_turnout: number | null;
  };
  readonly events: readonly CaseEvent[];
  readonly proposals: readonly (Proposal & { readonly ballots: readonly number[] })[];
}
export interface PoolEffect {
  readonly id: string;
  readonly title: string;
  readonly ballots: number;
  readonly counting: number;
  readonly frozen: number;
  readonly annulled: number;
  readonly upheld: number;
  readonly differing: number;
  readonly withheld: boolean;
  readonly counted: {
    readonly valid: number;
    readonly margin_now: number | null;
    readonly margin_before: number | null;
    readonly same_winners: boolean;
    readonly at_stake: readonly {
      readonly id: string;
      readonly name: string;
      readonly won: boolean;
      readonly at_least: number;
      readonly at_most: number | null;
    }[];
  } | null;
}

const at = (edition: string): string => `/editions/${encodeURIComponent(edition)}`;
const of = (edition: string, number: string): string => `${at(edition)}/cases/${encodeURIComponent(number)}`;
const post = (path: string, body: object): Promise<void> => ask<void>(path, { method: 'POST', body });

export const casesApi = {
  list: (edition: string) => ask<{ now: number; cases: ListedCase[] }>(`${at(edition)}/cases`),
  one: (edition: string, number: string) => ask<WholeCase>(of(edition, number)),
  effect: (edition: string) => ask<{ pools: PoolEffect[] }>(`${at(edition)}/effect`),
  take: (edition: string, document: string) =>
    ask<{ version: number }>(`${at(edition)}/cases`, { method: 'POST', text: document }),
  dismiss: (edition: string, number: string, body: object) => post(`${of(edition, number)}/dismissal`, body),
  advise: (edition: string, number: string, body: object) => post(`${of(edition, number)}/opinions`, body),
  appeal: (edition: string, number: string, body: object) => post(`${of(edition, number)}/appeals`, body),
  close: (edition: string, number: string, body: object) => post(`${of(edition, number)}/closing`, body),
  propose: (edition: string, number: string, body: object) =>
    ask<{ proposal: string }>(`${of(edition, number)}/proposals`, { method: 'POST', body }),
};

export const packageAddress = (edition: string, number: string): string =>
  `/api/v1/desk${of(edition, number)}/package.json`;

/** Of a number as the registrar writes it; anything else is a reference of somebody's own. */
export const isCaseNumber = (text: string): boolean => /^[A-Z2-9]{5}-[A-Z2-9]{5}$/.test(text);
