// SPDX-License-Identifier: EUPL-1.2
// Work that can wait until the browser has nothing else to do.

/** Does `work` when the page is idle, after `most` milliseconds at the latest, unless it is cancelled before. */
export function whenIdle(work: () => void, most = 1000): { cancel: () => void } {
  if ('requestIdleCallback' in window) {
    const number = requestIdleCallback(work, { timeout: most });
    return { cancel: () => cancelIdleCallback(number) };
  }
  const number = setTimeout(work, 20);
  return { cancel: () => clearTimeout(number) };
}
