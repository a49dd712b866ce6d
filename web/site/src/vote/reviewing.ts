// SPDX-License-Identifier: EUPL-1.2
// What the page before casting asks of whoever casts: a voter's Casting, or a rehearsal, which casts nothing.
import type { Trouble } from '../identify/identifying.svelte';
import type { Voting } from './voting.svelte';

export interface Reviewing {
  readonly voting: Voting;
  readonly busy: boolean;
  readonly trouble?: Trouble | undefined;
  /** The pools that a ballot may be cast in; undefined before they are known. */
  certificate(): { readonly pools: readonly number[] } | undefined;
  prepare(): Promise<void>;
  cast(): void;
  /** Not there where nothing is encrypted. */
  challenge?(pool: number): Promise<void>;
}
