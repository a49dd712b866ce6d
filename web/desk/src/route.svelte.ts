// SPDX-License-Identifier: EUPL-1.2
// Which page is shown: the address after "#/", so that nothing of it reaches the server or its logs.
import { tick } from 'svelte';

function partsOf(hash: string): string[] {
  return hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return '';
      }
    });
}

let parts = $state(partsOf(location.hash));

export const route = {
  get parts(): readonly string[] {
    return parts;
  },
};

/** Goes to another page and tells whoever listens to it where they are. */
export function go(...to: string[]): void {
  location.hash = `#/${to.map(encodeURIComponent).join('/')}`;
}

window.addEventListener('hashchange', () => {
  parts = partsOf(location.hash);
  window.scrollTo(0, 0);
  void tick().then(() => document.querySelector<HTMLElement>('main h1')?.focus());
});
