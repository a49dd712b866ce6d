// SPDX-License-Identifier: EUPL-1.2
// What the pages and the ballot code say to each other.

import type { Manifest, ManifestForm, Pool } from '../../verify/src/manifest.js';

export type { BallotRule } from '../../verify/src/ballot-content.js';
export type { Group, Manifest, ManifestForm, Pool, Project } from '../../verify/src/manifest.js';

/** What a voter chose in a pool. Project numbers are those of the manifest, from 1; nothing chosen is a blank ballot. */
export type Choice =
  | { readonly kind: 'approval' | 'ranking'; readonly projects: readonly number[] }
  | { readonly kind: 'points'; readonly points: ReadonlyMap<number, number> };

/** Two officials have put the end of the voting off. */
export interface Extension {
  /** When they decided; the end until then; the new one. Unix seconds. */
  readonly time: number;
  readonly replaces: number;
  readonly closes: number;
  readonly reason: { readonly pl: string; readonly en: string };
}

/** What `GET /api/v1/edition` says. */
export interface EditionState {
  readonly edition: string;
  readonly phase: 'key-ceremony' | 'roll' | 'opening' | 'voting' | 'issuance' | 'annulments' | 'tally';
  /** Whether a ballot sent now would be taken. */
  readonly accepting: boolean;
  /** Unix seconds. */
  readonly opens: number;
  readonly closes: number;
  /** What has put the end off, in order. */
  readonly extensions: readonly Extension[];
  readonly entries: number;
  readonly ballots: number;
  readonly checkpoint: string;
  readonly joint_key?: string;
  /** Address of the registrar, without a path. */
  readonly registrar?: string;
}

/** An edition as the ballot box tells it: its manifest has the hash that the box names, nothing else was checked. */
export interface ToldEdition {
  /** Address of the ballot box, ends with a slash. */
  readonly base: string;
  /** The edition hash `E` in hexadecimal: what must be compared with what the city announced. */
  readonly hash: string;
  readonly manifest: ManifestForm;
  /** The file, for checks without a network. */
  readonly manifestBytes: Uint8Array;
  readonly state: EditionState;
}

/** An edition whose manifest and joint key were checked against the board. */
export interface Edition extends Omit<ToldEdition, 'manifest'> {
  readonly manifest: Manifest;
  /** The joint key `Y`, 32 bytes. */
  readonly jointKey: Uint8Array;
}

/** Why a choice cannot be cast as it is. A page says it in words; numbers are what the rule allows and what there is. */
export type RuleProblem =
  /** A number that no project of the pool has, or a project named twice. */
  | { readonly code: 'project'; readonly project: number }
  /** The choice is of another kind than the pool's ballots. */
  | { readonly code: 'form' }
  | { readonly code: 'blank' }
  | { readonly code: 'too-few-projects'; readonly least: number; readonly chosen: number }
  | { readonly code: 'too-many-projects'; readonly most: number; readonly chosen: number }
  | { readonly code: 'too-few-points-to-project'; readonly project: number; readonly least: number }
  | { readonly code: 'too-many-points-to-project'; readonly project: number; readonly most: number }
  | { readonly code: 'too-few-points'; readonly least: number; readonly given: number }
  | { readonly code: 'too-many-points'; readonly most: number; readonly given: number }
  /** Grosze. */
  | { readonly code: 'too-expensive'; readonly most: number; readonly cost: number };

export interface ChoiceCheck {
  /** Whether the choice can be cast. */
  readonly complete: boolean;
  readonly blank: boolean;
  readonly problems: readonly RuleProblem[];
  /** What is left; negative if the choice goes beyond. */
  readonly remaining: {
    readonly projects: number;
    /** Null where ballots have no points. */
    readonly points: number | null;
    /** Grosze; null where projects may cost together what they will. */
    readonly money: number | null;
  };
}

/** A key that signs ballots. Whoever has `secret` can vote with the certificate of `public`. */
export interface VoterKey {
  /** 32 bytes; overwritten by `forgetVoterKey()`. */
  readonly secret: Uint8Array;
  /** 32 bytes: what the registrar certifies. */
  readonly public: Uint8Array;
}

export interface Certificate {
  readonly bytes: Uint8Array;
  /** Hexadecimal. */
  readonly pseudonym: string;
  readonly voterKey: Uint8Array;
  readonly level: number;
  /** Pool numbers, from 0. */
  readonly pools: readonly number[];
  /** Hour of issue: Unix seconds divided by 3600. */
  readonly hour: number;
  readonly serial: number;
}

/** Counter and predecessor that a ballot must carry: what `GET /api/v1/next-ballot` says. */
export interface NextBallot {
  readonly counter: number;
  /** Hexadecimal entry hash; null for counter 0. */
  readonly previous: string | null;
}

/** An encrypted and signed ballot that was not cast yet. */
export interface PreparedBallot {
  readonly pool: number;
  /** The `ballot` entry, to be sent as it is; sending it twice records it once. Keep it until it was acknowledged. */
  readonly entry: Uint8Array;
  /** Hexadecimal. */
  readonly entryHash: string;
  /** What the voter notes before deciding to cast or to challenge. */
  readonly code: string;
  /** Opens the ciphertext: 32 bytes. Overwritten by `forgetSecret()`, which a page calls when the voter casts. */
  readonly secret: Uint8Array;
}

export interface Challenge {
  /** For a QR code or a link (after `#`): letters, digits, `-` and `_`. */
  readonly text: string;
  /** The `audited` entry for `POST /api/v1/entries`: after it is recorded, the ciphertext can never be cast. */
  readonly auditedEntry: Uint8Array;
}

export type ChallengeCheck =
  | { readonly ok: true; readonly pool: Pool; readonly choice: Choice; readonly code: string }
  | { readonly ok: false; readonly reason: ChallengeProblem; readonly code?: string };

export type ChallengeProblem =
  /** The text is not a challenge, or is damaged. */
  | 'malformed'
  /** It belongs to another edition. */
  | 'other-edition'
  /** The randomness does not give the ciphertext: the device did not encrypt what it says. */
  | 'not-the-ciphertext'
  /** The ciphertext holds something that is no valid ballot. */
  | 'not-a-ballot'
  /** Proof or signatures do not hold: the ballot box would have refused it. */
  | 'not-castable';

/** What `POST /api/v1/ballots` answers. */
export interface Acknowledgement {
  readonly index: number;
  /** Hexadecimal. */
  readonly entry: string;
  readonly recorded_before: boolean;
  /** Base 64. */
  readonly receipt: string;
}

/** A receipt as a file. It shows that a ballot is on the board, not what it says. */
export interface ReceiptFile {
  readonly name: string;
  readonly type: 'application/json';
  readonly bytes: Uint8Array;
  readonly code: string;
  readonly receipt: Receipt;
}

export interface Receipt {
  /** Hexadecimal. */
  readonly edition: string;
  readonly pool: number;
  /** Hexadecimal. */
  readonly entry: string;
  readonly code: string;
  readonly index: number;
  /** Inclusion proof, signed checkpoint. */
  readonly boardReceipt: Uint8Array;
  readonly board: Manifest['board'];
}

export type ReceiptProblem =
  | 'malformed'
  | 'other-edition'
  /** The code is not that of the entry, or proof and entry differ. */
  | 'inconsistent'
  /** The board's signature is missing or does not hold. */
  | 'unsigned'
  /** The entry is not under the checkpoint. */
  | 'not-included';

export type ReceiptCheck =
  | {
      readonly ok: true;
      readonly receipt: Receipt;
      /** Entries of the board when the receipt was given. */
      readonly size: number;
      /** Who cosigned the checkpoint of the receipt. While voting is open these may be none. */
      readonly witnesses: readonly string[];
      /** Whether these are as many as the manifest asks for. */
      readonly witnessed: boolean;
      /** Whether the board's key came from the manifest, or only from the receipt itself. */
      readonly trust: 'manifest' | 'receipt';
    }
  | { readonly ok: false; readonly reason: ReceiptProblem; readonly receipt?: Receipt };

export type BoardCheck =
  | {
      readonly ok: true;
      /** Entries of the board now. */
      readonly size: number;
      /** The ballot stands at its place and the board continues the one of the receipt. */
      readonly standing: Standing;
      /** Whether the standing follows from the whole board, or is only what the ballot box says. */
      readonly proven: boolean;
      /** Who cosigned the newest checkpoint. */
      readonly witnesses: readonly string[];
    }
  | { readonly ok: false; readonly reason: BoardProblem };

export type Standing =
  /** Nothing stands in the way of its being counted, so far. */
  | 'counts'
  /** Another ballot of the same voter in the pool takes its place: a later one, or one of higher assurance. */
  | 'superseded'
  | 'annulled'
  /** Contested, and nobody has decided yet: no list of counted ballots is made before. */
  | 'frozen'
  /** The voter has voted in more pools of a group than count. */
  | 'over-the-group-limit'
  /** The edition voids repeated ballots. */
  | 'void';

export type BoardProblem =
  /** The board could not be reached, or answered nonsense: nothing is known. */
  | 'unreachable'
  | 'malformed'
  | 'unsigned'
  /** Today's board does not continue the one of the receipt: history was changed. Keep the receipt. */
  | 'history-changed'
  /** Today's board is shorter than the receipt's. */
  | 'shorter'
  /** Another entry stands at the ballot's place. */
  | 'missing';

/** What became of a ballot that was sent. */
export type CastOutcome =
  | { readonly kind: 'recorded'; readonly acknowledgement: Acknowledgement }
  /** Not recorded, and never will be as it is: `type` is that of the problem, e.g. `/problems/ballot-conflict`. */
  | { readonly kind: 'refused'; readonly status: number; readonly type: string }
  /** Not known: send the same bytes again later, they are recorded at most once. */
  | { readonly kind: 'unknown'; readonly retryAfter: number };
