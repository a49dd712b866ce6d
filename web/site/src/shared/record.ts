// SPDX-License-Identifier: EUPL-1.2
// What the public pages read of an edition: its state now, and its manifest if it is the one that the state names.
import { loadState } from '$ballot/told-edition';
import type { EditionState, ManifestForm } from '$ballot/types';
import { hex } from '$verify/bytes';
import { readManifest, MANIFEST_FILE, MAXIMUM_MANIFEST_BYTES } from '$verify/manifest-form';
import { HttpSource } from '$verify/source';

export interface PublicEdition {
  readonly state: EditionState;
  readonly manifest: ManifestForm;
}

export const source = new HttpSource(location.origin);

/** Throws if the box cannot be reached or says something that does not fit together. */
export async function loadPublicEdition(): Promise<PublicEdition> {
  const [state, file] = await Promise.all([
    loadState(location.origin),
    source.read(MANIFEST_FILE, MAXIMUM_MANIFEST_BYTES),
  ]);
  if (!file) throw new Error('there is no manifest');
  const manifest = readManifest(file);
  if (hex(manifest.hash) !== state.edition) throw new Error('the manifest is another than the box names');
  return { state, manifest };
}
