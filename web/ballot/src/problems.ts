// SPDX-License-Identifier: EUPL-1.2
// What can go wrong, as a page must tell it apart.

export type Trouble =
  /** No answer: nothing is known, it may be tried again. */
  | 'unreachable'
  /** An answer that is not what the protocol demands. */
  | 'malformed'
  /** Manifest, board and keys do not fit together: somebody is lying, or the page is of another edition. */
  | 'not-authentic'
  /** The trustees have not made their key yet, or the vote was not opened. */
  | 'not-ready'
  /** A certificate that is not this voter's, this edition's, or not for this pool. */
  | 'certificate'
  /** A choice that the rule does not allow. */
  | 'choice';

/** An error that a page can tell people about by its `trouble`; the message is for who looks into it. */
export class BallotError extends Error {
  constructor(
    readonly trouble: Trouble,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'BallotError';
  }
}

/** Runs `work`; whatever it throws that is no BallotError becomes one of this trouble. */
export function withTrouble<T>(trouble: Trouble, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof BallotError) throw error;
    throw new BallotError(trouble, error instanceof Error ? error.message : String(error), { cause: error });
  }
}
