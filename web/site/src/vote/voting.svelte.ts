// SPDX-License-Identifier: EUPL-1.2
// A vote in progress: what was chosen, who it is, what was sent, and which page comes next. Every change is
// kept before anything depends on it, so that the vote goes on from wherever it was interrupted.
import {
  BallotError,
  castBallot,
  checkChoice,
  lookFor,
  makeBallot,
  makeReceipt,
  newVoterKey,
  nextBallot,
  readCertificate,
  revealChallenge,
} from '$ballot/index';
import type {
  Certificate,
  ChoiceCheck,
  Edition,
  Pool,
  PreparedBallot,
  ReceiptFile,
  VoterKey,
} from '$ballot/types';
import { call, NoAnswer, Refused } from '$ui/api';
import { fromBase64, fromHex, randomHex, toBase64, toHex } from '../shared/bytes';
import type { Presentation } from '../shared/presentation';
import { Registrar, type Channel, type Service, type Session } from '../shared/registrar';
import { offerOf, poolsFor, type Offer } from './offer';
import {
  forgetVote,
  keepVote,
  newVote,
  readVote,
  toChoice,
  type SavedBallot,
  type SavedChoice,
  type SavedVote,
} from './saved';

export type Step =
  | { readonly name: 'where' | 'who' | 'code' | 'review' | 'done' }
  | { readonly name: 'pool' | 'challenge'; readonly pool: number };

/** What went wrong, for a page to say. */
export interface Trouble {
  readonly kind:
    | 'no-answer'
    | 'session-over'
    | 'session-lost'
    | 'level-too-low'
    | 'bad-certificate'
    | 'bad-acknowledgement'
    | 'refused'
    | 'unexpected';
  readonly refusal?: Refused;
  /** Unix milliseconds before which trying again is of no use. */
  readonly notBefore?: number;
}

export function troubleOf(error: unknown): Trouble {
  if (error instanceof Refused) {
    const wait = error.retryAfterSeconds;
    return {
      kind: error.kind === 'session-over' ? 'session-over' : 'refused',
      refusal: error,
      ...(wait === undefined ? {} : { notBefore: Date.now() + wait * 1000 }),
    };
  }
  const silent =
    error instanceof NoAnswer ||
    (error instanceof BallotError && (error.trouble === 'unreachable' || error.trouble === 'malformed'));
  return { kind: silent ? 'no-answer' : 'unexpected' };
}

/** After which a ballot of which nothing is known is sent again, unless the ballot box asks for longer. */
const RETRY_S = 2;

const bytesOf = (base64: string): Uint8Array => fromBase64(base64) ?? new Uint8Array();

export class Voting {
  readonly offer: Offer;
  readonly registrar: Registrar | undefined;
  vote = $state<SavedVote>() as SavedVote;
  step = $state<Step>({ name: 'where' });
  /** A request of the voter's is under way. */
  busy = $state(false);
  trouble = $state<Trouble>();
  /** Pools for which the registrar certified nothing, or that the voter did not know of. */
  readonly pools = $derived.by(() => this.poolsToFill());
  /** While ballots are on their way: when the next attempt is made, in Unix milliseconds. */
  nextAttempt = $state<number>();
  receipts = $state<ReceiptFile[]>([]);
  /** False if the browser keeps nothing. */
  kept = $state(true);

  private service: Service | undefined;
  private sending = false;

  constructor(
    readonly edition: Edition,
    readonly presentation: Presentation | undefined,
  ) {
    this.offer = offerOf(edition.manifest, presentation);
    const { registrar } = edition.state;
    this.registrar = registrar === undefined ? undefined : new Registrar(registrar);
    this.vote = readVote(edition.hash) ?? newVote(edition.hash, randomHex(16));
    this.readReceipts();
  }

  keep(): void {
    this.kept = keepVote($state.snapshot(this.vote) as SavedVote);
  }

  /** Forgets everything and begins anew. */
  restart(): void {
    forgetVote();
    this.vote = newVote(this.edition.hash, randomHex(16));
    this.trouble = undefined;
    this.receipts = [];
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
    if (this.vote.session !== undefined) return { name: 'code' };
    return { name: 'who' };
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
    if (location.hash === hash) this.follow();
    else location.hash = hash;
  }

  /** Shows the page that the address names, or the one that must come before it. */
  follow(): void {
    const named = /^#(where|who|code|review|done|pool|challenge)(?:-(\d{1,4}))?$/.exec(location.hash);
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
    if (step.name !== this.step.name) this.trouble = undefined;
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

  private dropPrepared(pool: number): void {
    this.vote.ballots = this.vote.ballots.filter((one) => one.pool !== pool || one.stage === 'recorded');
  }

  // ---- Who -------------------------------------------------------------------------------------

  async askService(): Promise<Service> {
    if (this.registrar === undefined) throw new NoAnswer('no registrar is named');
    this.service ??= await this.registrar.service();
    return this.service;
  }

  /** Runs what the voter asked for, one thing at a time; trouble is kept for the page to say. */
  private async attempt(work: (registrar: Registrar) => Promise<void>): Promise<void> {
    if (this.busy || this.registrar === undefined) return;
    this.busy = true;
    this.trouble = undefined;
    try {
      await work(this.registrar);
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble.kind === 'session-over') {
        this.vote.session = undefined;
        this.keep();
        if (this.step.name !== 'who') this.go({ name: 'who' });
      }
      this.trouble = trouble;
    } finally {
      this.busy = false;
    }
  }

  private begin(session: Session): void {
    this.vote.session = {
      token: session.session,
      level: session.level,
      expires: session.expires,
      codesAsked: 0,
    };
    this.keep();
  }

  private get token(): string {
    return this.vote.session?.token ?? '';
  }

  /** Begins a session and has a code sent, or goes on to where a letter's code is typed. */
  identify(
    person: Readonly<Record<string, string>>,
    way: Channel | 'letter',
    contact: string | undefined,
  ): Promise<void> {
    return this.attempt(async (registrar) => {
      this.begin(await registrar.identify(person));
      if (way !== 'letter') await this.sendCode(registrar, way, contact);
      this.go({ name: 'code' });
    });
  }

  requestCode(channel: Channel, contact: string | undefined): Promise<void> {
    return this.attempt((registrar) => this.sendCode(registrar, channel, contact));
  }

  private async sendCode(registrar: Registrar, channel: Channel, contact: string | undefined): Promise<void> {
    await registrar.requestCode(this.token, channel, contact);
    if (this.vote.session !== undefined) ++this.vote.session.codesAsked;
    this.keep();
  }

  checkCode(code: string, letter: boolean): Promise<void> {
    return this.attempt(async (registrar) => {
      const level = letter
        ? await registrar.checkLetterCode(this.token, code)
        : await registrar.checkCode(this.token, code);
      if (this.vote.session !== undefined) this.vote.session.level = level;
      this.keep();
      await this.certify(registrar);
    });
  }

  /** Leaves for the identity provider. */
  signIn(): Promise<void> {
    return this.attempt(async (registrar) => {
      const browser = randomHex(32);
      const address = await registrar.beginSignIn(browser);
      this.vote.signIn = browser;
      this.keep();
      location.assign(address);
    });
  }

  /** Comes back from the identity provider with its answer. */
  finishSignIn(answer: URLSearchParams): Promise<void> {
    return this.attempt(async (registrar) => {
      const browser = this.vote.signIn ?? '';
      this.vote.signIn = undefined;
      this.keep();
      this.begin(await registrar.finishSignIn(browser, answer));
      await this.certify(registrar);
    });
  }

  /** The voter is known well enough: asks for the certificate once more. */
  certifyAgain(): Promise<void> {
    return this.attempt((registrar) => this.certify(registrar));
  }

  private async certify(registrar: Registrar): Promise<void> {
    const { session } = this.vote;
    if (session === undefined) return;
    const { lowest_level } = await this.askService();
    if (session.level < lowest_level) {
      this.trouble = { kind: 'level-too-low' };
      return;
    }
    const key = newVoterKey();
    this.vote.key = { secret: toHex(key.secret), public: toHex(key.public) };
    this.keep();
    const given = await registrar.certify(session.token, toHex(key.public));
    let certificate: Certificate;
    try {
      certificate = readCertificate(bytesOf(given.certificate), this.edition);
    } catch {
      this.trouble = { kind: 'bad-certificate' };
      return;
    }
    if (toHex(certificate.voterKey) !== toHex(key.public)) {
      this.trouble = { kind: 'bad-certificate' };
      return;
    }
    this.vote.certificate = given.certificate;
    this.vote.ticket = given.notice_ticket;
    // The registrar ended it.
    this.vote.session = undefined;
    this.keep();
    this.go({ name: 'review' });
  }

  // ---- Review ----------------------------------------------------------------------------------

  /** As the registrar certified it; undefined before. */
  certificate(): Certificate | undefined {
    if (this.vote.certificate === undefined) return undefined;
    try {
      return readCertificate(bytesOf(this.vote.certificate), this.edition);
    } catch {
      return undefined;
    }
  }

  private voterKey(): VoterKey | undefined {
    const { key } = this.vote;
    const secret = key && fromHex(key.secret);
    const open = key && fromHex(key.public);
    return secret && open ? { secret, public: open } : undefined;
  }

  /** Encrypts what is to be cast and was not encrypted yet. */
  prepare(): Promise<void> {
    return this.attempt(async () => {
      const certificate = this.certificate();
      if (certificate === undefined) return;
      for (const pool of this.poolsToCast) {
        if (!certificate.pools.includes(pool.number)) continue;
        if (this.vote.ballots.some((one) => one.pool === pool.number)) continue;
        await this.encrypt(pool, certificate);
      }
    });
  }

  private async encrypt(pool: Pool, certificate: Certificate): Promise<void> {
    const key = this.voterKey();
    if (key === undefined) return;
    const next = await nextBallot(this.edition, certificate.pseudonym, pool.number);
    const choice = toChoice(pool, this.choiceOf(pool.number).chosen);
    const made = makeBallot(this.edition, pool.number, choice, certificate, key, next);
    this.vote.ballots = [
      ...this.vote.ballots.filter((one) => one.pool !== pool.number),
      {
        pool: pool.number,
        entry: toBase64(made.entry),
        entryHash: made.entryHash,
        code: made.code,
        secret: toBase64(made.secret),
        counter: next.counter,
        stage: 'made',
      },
    ];
    this.keep();
  }

  /** Opens an encryption instead of casting it, and encrypts anew. */
  challenge(pool: number): Promise<void> {
    return this.attempt(async () => {
      const ballot = this.vote.ballots.find((one) => one.pool === pool && one.stage === 'made');
      const certificate = this.certificate();
      if (ballot === undefined || certificate === undefined) return;
      const prepared: PreparedBallot = {
        pool,
        entry: bytesOf(ballot.entry),
        entryHash: ballot.entryHash,
        code: ballot.code,
        secret: bytesOf(ballot.secret),
      };
      const { text, auditedEntry } = revealChallenge(prepared);
      // Kept first: from here on this encryption can no longer be cast by this page.
      this.vote.challenges = [
        ...this.vote.challenges.filter((one) => one.pool !== pool),
        { pool, text, code: ballot.code, auditedEntry: toBase64(auditedEntry), recorded: false },
      ];
      this.vote.ballots = this.vote.ballots.filter((one) => one !== ballot);
      this.keep();
      this.go({ name: 'challenge', pool });
      await this.encrypt(this.pool(pool), certificate);
      await this.recordChallenge(pool);
    });
  }

  /** Tells the board, so that nobody else can cast what was opened either. */
  private async recordChallenge(pool: number): Promise<void> {
    const challenge = this.vote.challenges.find((one) => one.pool === pool);
    if (challenge === undefined || challenge.recorded) return;
    await call(new URL('api/v1/entries', this.edition.base).href, { body: bytesOf(challenge.auditedEntry) });
    challenge.recorded = true;
    this.keep();
  }

  // ---- Casting ---------------------------------------------------------------------------------

  /** Casts everything that was encrypted. */
  cast(): void {
    if (!this.vote.ballots.some((one) => one.stage === 'made')) return;
    this.vote.casting = true;
    for (const ballot of this.vote.ballots) ballot.secret = '';
    this.vote.challenges = [];
    this.keep();
    this.go({ name: 'done' });
    void this.send();
  }

  get onTheWay(): boolean {
    return this.vote.casting && this.vote.ballots.some((one) => one.stage === 'made' || one.stage === 'sent');
  }

  /** Sends what was not answered, again and again until it was; going on after a reload, too. */
  async send(): Promise<void> {
    if (this.sending || !this.vote.casting) return;
    this.sending = true;
    this.trouble = undefined;
    try {
      while (this.onTheWay && this.trouble === undefined) {
        let wait = 0;
        for (const ballot of this.vote.ballots) {
          if (ballot.stage !== 'made' && ballot.stage !== 'sent') continue;
          wait = Math.max(wait, await this.sendOne(ballot));
          if (wait > 0) break;
        }
        if (wait > 0) await this.pause(wait);
      }
    } finally {
      this.sending = false;
      this.nextAttempt = undefined;
      if (!this.vote.ballots.some((one) => one.stage !== 'recorded')) this.wipe();
    }
  }

  /** Seconds to wait before what is not known is asked again. */
  private async sendOne(ballot: SavedBallot): Promise<number> {
    const sentBefore = ballot.stage === 'sent';
    ballot.stage = 'sent';
    this.keep();
    const entry = bytesOf(ballot.entry);
    let outcome = await castBallot(this.edition, entry, this.vote.ticket ?? '', { attempts: 1 });
    if (outcome.kind === 'refused' && sentBefore) {
      // An attempt that was not answered may have been recorded, and be the reason of the refusal.
      try {
        const acknowledgement = await lookFor(this.edition, ballot.entryHash);
        if (acknowledgement !== null) outcome = { kind: 'recorded', acknowledgement };
      } catch {
        return RETRY_S;
      }
    }
    if (outcome.kind === 'unknown') return Math.max(RETRY_S, outcome.retryAfter);
    if (outcome.kind === 'refused') {
      ballot.stage = 'refused';
      ballot.problem = outcome.type.replace(/^\/problems\//, '');
      this.keep();
      return 0;
    }
    let receipt: ReceiptFile;
    try {
      receipt = makeReceipt(outcome.acknowledgement, { entry, pool: ballot.pool }, this.edition);
    } catch {
      this.trouble = { kind: 'bad-acknowledgement' };
      return 0;
    }
    ballot.stage = 'recorded';
    ballot.acknowledgement = outcome.acknowledgement;
    this.keep();
    this.receipts = [...this.receipts.filter((one) => one.receipt.pool !== ballot.pool), receipt];
    return 0;
  }

  private hurry: (() => void) | undefined;

  private async pause(seconds: number): Promise<void> {
    this.nextAttempt = Date.now() + seconds * 1000;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.hurry = undefined;
    this.nextAttempt = undefined;
  }

  /** Does not wait for the next attempt. */
  sendNow(): void {
    if (this.hurry !== undefined) this.hurry();
    else void this.send();
  }

  /** After a refusal: encrypts the same choices again, after what stands on the board now. */
  remake(): void {
    this.vote.ballots = this.vote.ballots.filter((one) => one.stage === 'recorded');
    this.vote.casting = false;
    this.keep();
    this.go({ name: 'review' });
  }

  private readReceipts(): void {
    for (const ballot of this.vote.ballots) {
      if (ballot.stage !== 'recorded' || ballot.acknowledgement === undefined) continue;
      try {
        const entry = bytesOf(ballot.entry);
        this.receipts.push(makeReceipt(ballot.acknowledgement, { entry, pool: ballot.pool }, this.edition));
      } catch {
        // What the tab kept is damaged; the receipt can be had again from the board.
      }
    }
  }

  /** Nothing is left to be cast: what could cast more, and what was chosen, goes. */
  private wipe(): void {
    this.vote.key = undefined;
    this.vote.certificate = undefined;
    this.vote.ticket = undefined;
    this.vote.session = undefined;
    this.vote.choices = this.vote.choices.map((one) => ({ ...one, chosen: [] }));
    this.vote.challenges = [];
    this.keep();
  }
}
