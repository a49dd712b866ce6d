// SPDX-License-Identifier: EUPL-1.2
// The voter's way on an edition that is prepared: what its pages look at. There is nothing to encrypt with.
import type { ToldEdition } from '$ballot/types';
import { readManifest } from '$verify/manifest-form.js';
import { loadPresentation } from '$site/shared/presentation';
import { Voting } from '$site/vote/voting.svelte';

/** `name` tells votes in progress apart, as the edition hash does when people vote. */
export async function votingOn(
  manifestBytes: Uint8Array,
  presentationBytes: Uint8Array,
  name: string,
): Promise<Voting> {
  const manifest = readManifest(manifestBytes);
  const asked = Promise.resolve(presentationBytes.length > 0 ? presentationBytes : undefined);
  const presentation = await loadPresentation(location.origin, manifest.pools, asked);
  return new Voting({ manifest, hash: name } as unknown as ToldEdition, presentation);
}
