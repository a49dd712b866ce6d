// SPDX-License-Identifier: EUPL-1.2
// Work that can wait until the browser has nothing else to do.

/**
 * Does `work` when the page is idle, after `most` milliseconds at the latest, unless it is cancelled before. Where the
 * browser does not say when it is idle (Safari), after a fifth of that.
 */
export function whenIdle(work: () => void, most: number): { cancel: () => void } {
  if ('requestIdleCallback' in window) {
    const number = requestIdleCallback(work, { timeout: most });
    return { cancel: () => cancelIdleCallback(number) };
  }
  const number = setTimeout(work, most / 5);
  return { cancel: () => clearTimeout(number) };
}
