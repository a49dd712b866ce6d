// SPDX-License-Identifier: EUPL-1.2
// The pages of the voter's way after the ballot is filled in, in one piece.
import { identifyTexts } from '../identify/texts';
import { later } from './later';
import type { Step } from './voting.svelte';

export { default as After } from './steps/After.svelte';
export { warmUp } from '$ballot/ballot';
export { checkEdition } from '$ballot/edition';
export { keepEdition } from '../shared/kept-edition';
export { Casting } from './casting.svelte';

export function titleOf(step: Step['name'], onTheWay: boolean): string | undefined {
  const t = later.now;
  switch (step) {
    case 'who':
      return identifyTexts.now.who.title;
    case 'code':
      return identifyTexts.now.code.title;
    case 'ward':
      return identifyTexts.now.ward.title;
    case 'review':
      return t.review.title;
    case 'challenge':
      return t.challenge.title;
    case 'done':
      return onTheWay ? t.done.sending : t.done.title;
    default:
      return undefined;
  }
}
