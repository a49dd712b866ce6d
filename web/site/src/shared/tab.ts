// SPDX-License-Identifier: EUPL-1.2
// One tab at a time: a lock of the browser that the first tab holds until it is closed or another takes
// it over. Where a browser has no such locks, every tab goes on: the ballot box records a person's ballots
// one after the other all the same.

export type Hold = 'held' | 'elsewhere';

const ATTEMPTS = 6;
const PAUSE_MS = 150;

/** What this tab holds. */
const held = new Set<string>();

function attempt(name: string, options: LockOptions, lost: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    navigator.locks
      .request(name, options, (lock) => {
        if (lock !== null) held.add(name);
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<never>(() => undefined);
      })
      // Only a lock that was held is taken over.
      .catch(() => {
        held.delete(name);
        lost();
      });
  });
}

/** Holds the lock of this name, or tells that another tab does. `lost` is called if it is taken over. */
export async function holdTab(name: string, lost: () => void): Promise<Hold> {
  if (!('locks' in navigator) || held.has(name)) return 'held';
  // A page that is reloaded lets go of its lock a moment after the new one begins.
  for (let k = 0; k < ATTEMPTS; ++k) {
    if (await attempt(name, { ifAvailable: true }, lost)) return 'held';
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
  return 'elsewhere';
}

/** Takes the lock over from the other tab. */
export async function takeOver(name: string, lost: () => void): Promise<void> {
  await attempt(name, { steal: true }, lost);
}
