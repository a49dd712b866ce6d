// SPDX-License-Identifier: EUPL-1.2
// Ballots made in the browser: encryption, proofs, signatures, entries, challenges, receipts.

import type {
  Acknowledgement,
  BallotRule,
  BoardCheck,
  CastOutcome,
  Certificate,
  Challenge,
  ChallengeCheck,
  Choice,
  ChoiceCheck,
  Edition,
  NextBallot,
  Pool,
  PreparedBallot,
  Receipt,
  ReceiptCheck,
  ReceiptFile,
  VoterKey,
} from './types.js';

export type * from './types.js';

/** Loads manifest and key of the edition and checks them against the board. */
export declare function loadEdition(base: string, get?: typeof fetch): Promise<Edition>;
export declare function checkChoice(rule: BallotRule, pool: Pool, choice: Choice): ChoiceCheck;
export declare function newVoterKey(): VoterKey;
export declare function forgetVoterKey(key: VoterKey): void;
/** Reads a certificate and checks that it is of this edition and signed by its registrar. */
export declare function readCertificate(bytes: Uint8Array, edition: Edition): Certificate;
export declare function makeBallot(
  edition: Edition,
  pool: number,
  choice: Choice,
  certificate: Certificate,
  key: VoterKey,
  next: NextBallot,
): PreparedBallot;
/** Makes tables ready that the first ballot needs; call it when the page is idle. */
export declare function warmUp(): void;
export declare function forgetSecret(ballot: PreparedBallot): void;
export declare function revealChallenge(ballot: PreparedBallot): Challenge;
/** Works without a network. `text` may be the link that holds it. */
export declare function checkChallenge(text: string, edition: Edition): ChallengeCheck;
/** Checks what the ballot box answered and makes the receipt. Throws if the answer does not show that the entry is on the board. */
export declare function makeReceipt(
  acknowledgement: Acknowledgement,
  ballot: Pick<PreparedBallot, 'entry' | 'pool'>,
  edition: Edition,
): ReceiptFile;
/** Works without a network; without an edition the board's key is the one that the receipt names. */
export declare function checkReceipt(
  file: Uint8Array,
  edition?: Pick<Edition, 'hash' | 'manifest'>,
): ReceiptCheck;
export declare function checkAgainstBoard(
  receipt: Receipt,
  edition: Edition,
  get?: typeof fetch,
): Promise<BoardCheck>;
/** Asks for counter and predecessor. */
export declare function nextBallot(
  edition: Edition,
  pseudonym: string,
  pool: number,
  get?: typeof fetch,
): Promise<NextBallot>;
/** Sends a ballot, again after failures, until it is known what became of it or the attempts are used up. */
export declare function castBallot(
  edition: Edition,
  entry: Uint8Array,
  noticeTicket: string,
  options?: { fetch?: typeof fetch; attempts?: number; signal?: AbortSignal },
): Promise<CastOutcome>;
/** The short code of an entry: four groups of four letters and digits. */
export declare function shortCode(entryHash: string): string;
