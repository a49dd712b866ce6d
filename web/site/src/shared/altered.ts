// SPDX-License-Identifier: EUPL-1.2
// Why a module did not load: nothing came, or something that is not what the page names by its hash. Browsers refuse
// the latter without saying so to scripts, so the files are fetched as data and held against the hashes again.

/** Whether a file that this page's scripts may load comes with other bytes than the page says. */
export async function isAltered(): Promise<boolean> {
  try {
    const text = document.querySelector('script[type="importmap"]')?.textContent ?? '{}';
    const { integrity = {} } = JSON.parse(text) as { integrity?: Readonly<Record<string, string>> };
    for (const [address, expected] of Object.entries(integrity)) {
      const response = await fetch(address, { credentials: 'omit' });
      if (!response.ok) continue;
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-384', await response.arrayBuffer()));
      if (`sha384-${btoa(String.fromCharCode(...digest))}` !== expected) return true;
    }
  } catch {
    // Nothing comes, or nothing can be compared: then it is not known.
  }
  return false;
}
