// SPDX-License-Identifier: EUPL-1.2
// A vote in progress: what was chosen, who it is, what was sent, and which page comes next. Every change is
// kept before anything depends on it, so that the vote goes on from wherever it was interrupted.
import { checkChoice } from '$ballot/choice';
import type { ChoiceCheck, Pool, ToldEdition } from '$ballot/types';
import { randomHex } from '../shared/bytes';
import type { Presentation } from '../shared/presentation';
import { offerOf, poolsFor, type Offer } from './offer';
import { forgetVote, keepVote, newVote, readVote, toChoice, type SavedChoice, type SavedVote } from './saved';

export type Step =
  | { readonly name: 'where' | 'who' | 'code' | 'ward' | 'review' | 'done' }
  | { readonly name: 'pool' | 'challenge'; readonly pool: number };

export class Voting {
  readonly offer: Offer;
  vote = $state<SavedVote>() as SavedVote;
  step = $state<Step>({ name: 'where' });
  readonly pools = $derived.by(() => this.poolsToFill());
  /** Called when another page is shown. */
  onStep: (() => void) | undefined;
  /** False if the browser keeps nothing. */
  kept = $state(true);

  constructor(
    readonly edition: ToldEdition,
    readonly presentation: Presentation | undefined,
  ) {
    this.offer = offerOf(edition.manifest, presentation);
    this.vote = readVote(edition.hash) ?? newVote(edition.hash, randomHex(16));
  }

  keep(): void {
    this.kept = keepVote(this.vote);
  }

  /** Forgets everything and begins anew. */
  restart(): void {
    forgetVote();
    this.vote = newVote(this.edition.hash, randomHex(16));
    this.go(this.firstStep());
  }

  // ---- Which page ------------------------------------------------------------------------------

  get mustSayWhere(): boolean {
    return this.offer.districts.length > 0 || this.offer.groups.length > 0;
  }

  private get saidWhere(): boolean {
    return this.vote.placed;
  }

  private poolsToFill(): Pool[] {
    return poolsFor(this.offer, this.edition.manifest, this.vote.district, this.vote.grouped);
  }

  pool(number: number): Pool {
    return this.edition.manifest.pools[number]!;
  }

  choiceOf(pool: number): SavedChoice {
    return (
      this.vote.choices.find((one) => one.pool === pool) ?? {
        pool,
        chosen: [],
        skipped: false,
        settled: false,
      }
    );
  }

  check(pool: number): ChoiceCheck {
    const one = this.pool(pool);
    return checkChoice(one.ballotRule, one, toChoice(one, this.choiceOf(pool).chosen));
  }

  /** The pools that a ballot is to be cast in and was not yet. */
  get poolsToCast(): Pool[] {
    return this.pools.filter((pool) => {
      const choice = this.choiceOf(pool.number);
      const recorded = this.vote.ballots.some(
        (ballot) => ballot.pool === pool.number && ballot.stage === 'recorded',
      );
      return choice.settled && !choice.skipped && !recorded;
    });
  }

  firstStep(): Step {
    if (this.vote.casting) return { name: 'done' };
    if (this.mustSayWhere && !this.saidWhere) return { name: 'where' };
    return this.stepAfterPools();
  }

  /** The first pool that the voter has not gone on from, else what comes after the pools. */
  stepAfterPools(): Step {
    const open = this.pools.find((pool) => !this.choiceOf(pool.number).settled);
    if (open !== undefined) return { name: 'pool', pool: open.number };
    if (this.vote.certificate !== undefined) return { name: 'review' };
    if (this.vote.session !== undefined) return { name: this.namesWard ? 'ward' : 'code' };
    return { name: 'who' };
  }

  /** A guardian who is known, and has not said yet for which child. */
  private get namesWard(): boolean {
    return this.vote.ward === 'to-be-named' && (this.vote.session?.level ?? 0) > 1;
  }

  /** The step asked for, or the one that has to come before it. */
  private allowed(step: Step): Step {
    const due = this.firstStep();
    if (due.name === 'done' || step.name === 'done') return due;
    if (step.name === 'where') return this.mustSayWhere ? step : due;
    if (due.name === 'where') return due;
    if (step.name === 'pool') {
      return this.pools.some((pool) => pool.number === step.pool) ? step : due;
    }
    if (due.name === 'pool') return due;
    if (step.name === 'who') return step;
    if (step.name === 'ward') return due.name === 'ward' ? step : due;
    if (step.name === 'challenge') {
      return this.vote.challenges.some((one) => one.pool === step.pool) ? step : due;
    }
    return step.name === 'review' && due.name !== 'review'
      ? due
      : step.name === 'code' && due.name === 'who'
        ? due
        : step;
  }

  go(step: Step): void {
    const hash = 'pool' in step ? `#${step.name}-${step.pool}` : `#${step.name}`;
    if (location.hash !== hash) location.hash = hash;
    this.follow();
  }

  /** Shows the page that the address names, or the one that must come before it. */
  follow(): void {
    const named = /^#(where|who|code|ward|review|done|pool|challenge)(?:-(\d{1,4}))?$/.exec(location.hash);
    let step = this.firstStep();
    if (named !== null) {
      const name = named[1] as Step['name'];
      if (name === 'pool' || name === 'challenge') {
        if (named[2] !== undefined) step = this.allowed({ name, pool: Number(named[2]) });
      } else {
        step = this.allowed({ name });
      }
    }
    const hash = 'pool' in step ? `#${step.name}-${step.pool}` : `#${step.name}`;
    if (hash !== location.hash) history.replaceState(null, '', hash);
    if (step.name !== this.step.name) this.onStep?.();
    this.step = step;
  }

  // ---- Where and what --------------------------------------------------------------------------

  settleWhere(district: string | undefined, grouped: readonly number[]): void {
    this.vote.district = district;
    this.vote.grouped = [...grouped];
    this.vote.placed = true;
    this.keep();
    this.go(this.stepAfterPools());
  }

  setChoice(pool: number, chosen: readonly (readonly [number, number])[]): void {
    const others = this.vote.choices.filter((one) => one.pool !== pool);
    const { settled } = this.choiceOf(pool);
    this.vote.choices = [
      ...others,
      { pool, chosen: chosen.map(([project, points]) => [project, points]), skipped: false, settled },
    ];
    this.dropPrepared(pool);
    this.keep();
  }

  /** Goes on from a pool; the choice must be one that can be cast, unless the pool is skipped. */
  settlePool(pool: number, skipped: boolean): void {
    if (!skipped && !this.check(pool).complete) return;
    const others = this.vote.choices.filter((one) => one.pool !== pool);
    const { chosen } = this.choiceOf(pool);
    this.vote.choices = [...others, { pool, chosen: skipped ? [] : chosen, skipped, settled: true }];
    if (skipped) this.dropPrepared(pool);
    this.keep();
    this.go(this.stepAfterPools());
  }

  /** Whether ballots were sent of which it is not known yet what became of them. */
  get onTheWay(): boolean {
    return this.vote.casting && this.vote.ballots.some((one) => one.stage === 'made' || one.stage === 'sent');
  }

  private dropPrepared(pool: number): void {
    this.vote.ballots = this.vote.ballots.filter((one) => one.pool !== pool || one.stage === 'recorded');
  }
}
