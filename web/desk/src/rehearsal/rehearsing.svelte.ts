// SPDX-License-Identifier: EUPL-1.2
// The end of the voter's way where nobody votes: everybody may vote in every pool, nothing is encrypted, nothing is
// sent.
import type { Reviewing } from '$site/vote/reviewing';
import type { Voting } from '$site/vote/voting.svelte';

/** In the place of a code of an encrypted ballot. */
const NO_CODE = '0000-0000-0000';

export class Rehearsing implements Reviewing {
  readonly busy = false;

  constructor(readonly voting: Voting) {}

  /** Goes on as if the register had certified the voter. */
  certify(): void {
    this.voting.vote.certificate = 'rehearsal';
    this.voting.keep();
    this.voting.go({ name: 'review' });
  }

  certificate(): { readonly pools: readonly number[] } {
    return { pools: this.voting.pools.map((pool) => pool.number) };
  }

  prepare(): Promise<void> {
    const { vote } = this.voting;
    const missing = this.voting.poolsToCast.filter(
      (pool) => !vote.ballots.some((ballot) => ballot.pool === pool.number),
    );
    vote.ballots = [
      ...vote.ballots,
      ...missing.map((pool) => ({
        pool: pool.number,
        entry: '',
        entryHash: String(pool.number),
        code: NO_CODE,
        secret: '',
        counter: 0,
        stage: 'made' as const,
      })),
    ];
    this.voting.keep();
    return Promise.resolve();
  }

  cast(): void {
    this.voting.vote.casting = true;
    // Nothing is on its way.
    this.voting.vote.ballots = this.voting.vote.ballots.map((one) => ({
      ...one,
      stage: 'recorded' as const,
    }));
    this.voting.keep();
    this.voting.go({ name: 'done' });
  }
}
