// SPDX-License-Identifier: EUPL-1.2
// Files to and from the person at the page.

/** Offers bytes as a download. */
export function download(name: string, type: string, bytes: Uint8Array): void {
  const address = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads the blob while the download begins.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
