// SPDX-License-Identifier: EUPL-1.2
// What a vote in progress keeps in the tab's storage, so that it goes on after a reload, a way back, a
// sign-in elsewhere or a lost connection. Gone with the tab; secrets are wiped as soon as they are of no more
// use. Nothing that a person typed about themselves is kept.
import type { KeptIdentity } from '../identify/identifying.svelte';
import type { Acknowledgement, Choice, Pool } from '$ballot/types';

/** A choice in one pool: projects in the voter's order, each with its points (1 where there are none). */
export interface SavedChoice {
  pool: number;
  chosen: [project: number, points: number][];
  /** The voter said so: without a ballot in this pool. */
  skipped: boolean;
  /** The voter went on from the page of this pool. */
  settled: boolean;
}

export type BallotStage = 'made' | 'sent' | 'recorded' | 'refused';

export interface SavedBallot {
  pool: number;
  /** Base 64. Stored before it is sent, and sent again as it is. */
  entry: string;
  entryHash: string;
  code: string;
  /** Base 64; opens the ciphertext. Wiped when the ballot is cast. */
  secret: string;
  /** How many ballots were recorded before it in this pool, in the same name. */
  counter: number;
  stage: BallotStage;
  acknowledgement?: Acknowledgement;
  /** Why it was refused: the problem's type. */
  problem?: string;
}

/** A challenged encryption: shown, never to be cast. */
export interface SavedChallenge {
  pool: number;
  text: string;
  code: string;
  /** Base 64; for the board. */
  auditedEntry: string;
  recorded: boolean;
}

export interface SavedVote extends KeptIdentity {
  version: 1;
  edition: string;
  /** 16 bytes in hexadecimal: draws the order of projects. */
  seed: string;
  district?: string | undefined;
  /** The voter said where, as far as the edition asks. */
  placed: boolean;
  /** Pools chosen within groups. */
  grouped: number[];
  choices: SavedChoice[];
  key?: { secret: string; public: string } | undefined;
  /** Base 64. */
  certificate?: string | undefined;
  ticket?: string | undefined;
  ballots: SavedBallot[];
  challenges: SavedChallenge[];
  /** The voter pressed "cast". */
  casting: boolean;
}

export function toChoice(pool: Pool, chosen: readonly (readonly [number, number])[]): Choice {
  const { form } = pool.ballotRule;
  if (form === 'points')
    return { kind: 'points', points: new Map(chosen.filter(([, points]) => points > 0)) };
  return { kind: form, projects: chosen.map(([project]) => project) };
}

const KEY = 'urna.vote';

export function newVote(edition: string, seed: string): SavedVote {
  return {
    version: 1,
    edition,
    seed,
    placed: false,
    grouped: [],
    choices: [],
    ballots: [],
    challenges: [],
    casting: false,
  };
}

/** The vote that this tab has begun in this edition, if any. */
export function readVote(edition: string): SavedVote | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as SavedVote | null;
    if (kept === null || kept.version !== 1 || kept.edition !== edition) return undefined;
    return kept;
  } catch {
    return undefined;
  }
}

/** False if the browser keeps nothing: then a reload loses the vote. */
export function keepVote(vote: SavedVote): boolean {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(vote));
    return true;
  } catch {
    return false;
  }
}

export function forgetVote(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
