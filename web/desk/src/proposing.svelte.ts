// SPDX-License-Identifier: EUPL-1.2
// Proposing an action that two people decide on: what the desk refuses is told at its field.
import { api, DeskRefused } from './api';
import { attempt } from './desk.svelte';
import { go } from './route.svelte';
import { refusalInWords, type Told } from './words';

export class Proposing {
  fault = $state<Told>();
  /** The field that the refusal is about, by the id of its element. */
  field = $state('');
  busy = $state(false);

  /** Proposes, and goes on to signing; or tells why not, and leads to the field. */
  async submit(
    event: SubmitEvent,
    edition: string,
    action: Parameters<typeof api.propose>[1],
    details: Parameters<typeof api.propose>[2],
  ): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    this.fault = undefined;
    this.field = '';
    const made = await attempt(async () => {
      try {
        return await api.propose(edition, action, details);
      } catch (error) {
        if (!(error instanceof DeskRefused) || error.status === 401) throw error;
        this.fault = refusalInWords(error);
        this.field = error.field;
        return undefined;
      }
    });
    this.busy = false;
    if (made !== undefined) go('edition', edition, 'sign', made.proposal);
    else if (this.field !== '') document.getElementById(this.field)?.focus();
  }
}
