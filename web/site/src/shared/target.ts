// SPDX-License-Identifier: EUPL-1.2

/** Where a page is mounted. */
export function appTarget(): HTMLElement {
  const target = document.getElementById('app');
  if (target === null) throw new Error('the page has no #app');
  return target;
}
