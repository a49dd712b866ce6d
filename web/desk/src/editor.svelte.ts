// SPDX-License-Identifier: EUPL-1.2
// The draft being edited: saved by itself a moment after every change, never over somebody else's.
import { NoAnswer } from '$ui/api';
import { api, DeskRefused, type Edition, type Fault } from './api';
import { DEFAULTS, metaOf, type Draft } from './draft';
import { refreshDesk } from './desk.svelte';

const AFTER_MS = 700;
const AGAIN_MS = 5_000;

export class Editor {
  readonly id: string;
  draft = $state<Draft>({});
  version = $state(0);
  problems = $state<readonly Fault[]>([]);
  state = $state<'saved' | 'waiting' | 'saving' | 'conflict' | 'no-answer' | 'refused'>('saved');
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | undefined;

  constructor(edition: Edition) {
    this.id = edition.id;
    this.take(edition);
  }

  /** Takes what the desk has, in the place of what is here. */
  take(edition: Edition): void {
    clearTimeout(this.timer);
    this.draft = { ...structuredClone(DEFAULTS), ...($state.snapshot(edition.draft) as Draft) };
    this.version = edition.version;
    this.problems = edition.problems;
    this.state = 'saved';
  }

  get unsaved(): boolean {
    return this.state !== 'saved';
  }

  /** Something was changed. */
  touch(): void {
    if (this.state === 'conflict') return;
    this.state = 'waiting';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), AFTER_MS);
  }

  /** Saves now; true if everything is saved. */
  async save(): Promise<boolean> {
    clearTimeout(this.timer);
    while (this.running) await this.running;
    if (this.state === 'saved' || this.state === 'conflict') return this.state === 'saved';
    this.running = this.send();
    await this.running;
    this.running = undefined;
    return !this.unsaved;
  }

  private async send(): Promise<void> {
    this.state = 'saving';
    const draft = $state.snapshot(this.draft) as Draft;
    for (const pool of draft.pools ?? []) {
      if (pool.file === undefined && pool.ballot) pool.meta = metaOf(draft, pool);
    }
    try {
      const { version, problems } = await api.save(this.id, this.version, draft);
      this.version = version;
      this.problems = problems;
      // Typed on meanwhile: what is here is newer again.
      if ((this.state as string) === 'saving') this.state = 'saved';
    } catch (error) {
      if (error instanceof DeskRefused) {
        this.state = error.status === 409 ? 'conflict' : 'refused';
        if (error.status === 401) void refreshDesk();
      } else if (error instanceof NoAnswer) {
        this.state = 'no-answer';
        this.timer = setTimeout(() => void this.save(), AGAIN_MS);
      } else {
        throw error;
      }
    }
  }

  /** After a conflict: puts what is here over the version that the desk has now. */
  async keepMine(): Promise<void> {
    const edition = await api.edition(this.id);
    this.version = edition.version;
    this.state = 'waiting';
    await this.save();
  }
  async takeTheirs(): Promise<void> {
    this.take(await api.edition(this.id));
  }
}
