// SPDX-License-Identifier: EUPL-1.2
// From a filled-in ballot to its receipt: who the voter is, what is encrypted, what was sent. Every change is
// kept before anything depends on it.
import {
  castBallot,
  lookFor,
  makeBallot,
  makeReceipt,
  newVoterKey,
  nextBallot,
  readCertificate,
  revealChallenge,
  submitAudited,
} from '$ballot/index';
import type { Certificate, Edition, Pool, PreparedBallot, ReceiptFile, VoterKey } from '$ballot/types';
import { NoAnswer } from '$ui/api';
import { Identifying, type KeptIdentity } from '../identify/identifying.svelte';
import { fromBase64, fromHex, toBase64, toHex } from '../shared/bytes';
import { Registrar } from '../shared/registrar';
import { toChoice, type SavedBallot } from './saved';
import type { Voting } from './voting.svelte';

/** After which a ballot of which nothing is known is sent again, unless the ballot box asks for longer. */
const RETRY_S = 2;

const bytesOf = (base64: string): Uint8Array => fromBase64(base64) ?? new Uint8Array();

export class Casting extends Identifying {
  /** While ballots are on their way: when the next attempt is made, in Unix milliseconds. */
  nextAttempt = $state<number>();
  receipts = $state<ReceiptFile[]>([]);

  private sending = false;

  /** `edition` is that of `voting`, held against the board. */
  constructor(
    readonly voting: Voting,
    private readonly edition: Edition,
  ) {
    const { registrar } = edition.state;
    super(registrar === undefined ? undefined : new Registrar(registrar));
    // What went wrong on one page is not said on the next.
    voting.onStep = () => (this.trouble = undefined);
    this.readReceipts();
  }

  get kept(): KeptIdentity {
    return this.voting.vote;
  }

  protected keep(): void {
    this.voting.keep();
  }

  override readonly actsForWards = true;

  protected show(page: 'who' | 'code'): void {
    if (this.voting.step.name !== page) this.voting.go({ name: page });
  }

  /** Forgets everything and begins anew. */
  restart(): void {
    this.trouble = undefined;
    this.receipts = [];
    this.voting.restart();
  }

  // ---- Who -------------------------------------------------------------------------------------

  protected async known(registrar: Registrar): Promise<void> {
    const { session } = this.voting.vote;
    if (session === undefined) return;
    const { lowest_level } = await this.askService();
    if (session.level < lowest_level) {
      this.trouble = { kind: 'level-too-low' };
      return;
    }
    if (this.voting.vote.ward === 'to-be-named') {
      this.voting.go({ name: 'ward' });
      return;
    }
    const key = newVoterKey();
    this.voting.vote.key = { secret: toHex(key.secret), public: toHex(key.public) };
    this.voting.keep();
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
    this.voting.vote.certificate = given.certificate;
    this.voting.vote.ticket = given.notice_ticket;
    // The registrar ended it.
    this.voting.vote.session = undefined;
    this.voting.keep();
    this.voting.go({ name: 'review' });
  }

  /** Goes on as the guardian of this child: whose vote it is from here on. */
  actFor(child: Readonly<Record<string, string>>): Promise<void> {
    return this.attempt(async (registrar) => {
      this.begin(await registrar.actForWard(this.token, child));
      this.voting.vote.ward = 'named';
      this.voting.keep();
      await this.known(registrar);
    });
  }

  // ---- Review ----------------------------------------------------------------------------------

  /** As the registrar certified it; undefined before. */
  certificate(): Certificate | undefined {
    if (this.voting.vote.certificate === undefined) return undefined;
    try {
      return readCertificate(bytesOf(this.voting.vote.certificate), this.edition);
    } catch {
      return undefined;
    }
  }

  private voterKey(): VoterKey | undefined {
    const { key } = this.voting.vote;
    const secret = key && fromHex(key.secret);
    const open = key && fromHex(key.public);
    return secret && open ? { secret, public: open } : undefined;
  }

  /** Encrypts what is to be cast and was not encrypted yet. */
  prepare(): Promise<void> {
    return this.attempt(async () => {
      const certificate = this.certificate();
      if (certificate === undefined) return;
      for (const pool of this.voting.poolsToCast) {
        if (!certificate.pools.includes(pool.number)) continue;
        if (this.voting.vote.ballots.some((one) => one.pool === pool.number)) continue;
        await this.encrypt(pool, certificate);
      }
    });
  }

  private async encrypt(pool: Pool, certificate: Certificate): Promise<void> {
    const key = this.voterKey();
    if (key === undefined) throw new Error('the voting key is gone');
    const next = await nextBallot(this.edition, certificate.pseudonym, pool.number);
    const choice = toChoice(pool, this.voting.choiceOf(pool.number).chosen);
    const made = makeBallot(this.edition, pool.number, choice, certificate, key, next);
    this.voting.vote.ballots = [
      ...this.voting.vote.ballots.filter((one) => one.pool !== pool.number),
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
    this.voting.keep();
  }

  /** Opens an encryption instead of casting it, and encrypts anew. */
  challenge(pool: number): Promise<void> {
    return this.attempt(async () => {
      const ballot = this.voting.vote.ballots.find((one) => one.pool === pool && one.stage === 'made');
      const certificate = this.certificate();
      if (ballot === undefined || certificate === undefined) return;
      const prepared: PreparedBallot = {
        pool,
        entry: bytesOf(ballot.entry),
        entryHash: ballot.entryHash,
        code: ballot.code,
        secret: bytesOf(ballot.secret),
      };
      const { text, auditedEntry } = revealChallenge(prepared, this.edition);
      // Kept first: from here on this encryption can no longer be cast by this page.
      this.voting.vote.challenges = [
        ...this.voting.vote.challenges.filter((one) => one.pool !== pool),
        { pool, text, code: ballot.code, auditedEntry: toBase64(auditedEntry), recorded: false },
      ];
      this.voting.vote.ballots = this.voting.vote.ballots.filter((one) => one !== ballot);
      this.voting.keep();
      this.voting.go({ name: 'challenge', pool });
      await this.record(pool);
    });
  }

  /** Tries once more to tell the board of an opened encryption. */
  recordChallenge(pool: number): Promise<void> {
    return this.attempt(() => this.record(pool));
  }

  /** Tells the board, so that nobody who sees what was opened can cast it; only then is it shown. */
  private async record(pool: number): Promise<void> {
    const challenge = this.voting.vote.challenges.find((one) => one.pool === pool);
    if (challenge === undefined || challenge.recorded) return;
    const outcome = await submitAudited(this.edition, bytesOf(challenge.auditedEntry), {
      attempts: 2,
    });
    if (outcome.kind === 'unknown') throw new NoAnswer('the board does not know of the challenge');
    if (outcome.kind === 'refused') throw new Error(`the board refuses the challenge: ${outcome.type}`);
    challenge.recorded = true;
    this.voting.keep();
  }

  // ---- Casting ---------------------------------------------------------------------------------

  /** Casts everything that was encrypted. */
  cast(): void {
    if (!this.voting.vote.ballots.some((one) => one.stage === 'made')) return;
    this.voting.vote.casting = true;
    for (const ballot of this.voting.vote.ballots) ballot.secret = '';
    this.voting.vote.challenges = [];
    this.voting.keep();
    this.voting.go({ name: 'done' });
    void this.send();
  }

  /** Sends what was not answered, again and again until it was; going on after a reload, too. */
  async send(): Promise<void> {
    if (this.sending || !this.voting.vote.casting) return;
    this.sending = true;
    this.trouble = undefined;
    try {
      while (this.voting.onTheWay && this.trouble === undefined) {
        let wait = 0;
        for (const ballot of this.voting.vote.ballots) {
          if (ballot.stage !== 'made' && ballot.stage !== 'sent') continue;
          wait = Math.max(wait, await this.sendOne(ballot));
          if (wait > 0) break;
        }
        if (wait > 0) await this.pause(wait);
      }
    } finally {
      this.sending = false;
      this.nextAttempt = undefined;
      if (!this.voting.vote.ballots.some((one) => one.stage !== 'recorded')) this.wipe();
    }
  }

  /** Seconds to wait before what is not known is asked again. */
  private async sendOne(ballot: SavedBallot): Promise<number> {
    const sentBefore = ballot.stage === 'sent';
    ballot.stage = 'sent';
    this.voting.keep();
    const entry = bytesOf(ballot.entry);
    let outcome = await castBallot(this.edition, entry, this.voting.vote.ticket ?? '', {
      attempts: 1,
    });
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
      this.voting.keep();
      return 0;
    }
    let receipt: ReceiptFile;
    try {
      receipt = makeReceipt(outcome.acknowledgement, { entry }, this.edition);
    } catch {
      this.trouble = { kind: 'bad-acknowledgement' };
      return 0;
    }
    ballot.stage = 'recorded';
    ballot.acknowledgement = outcome.acknowledgement;
    this.voting.keep();
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
    this.voting.vote.ballots = this.voting.vote.ballots.filter((one) => one.stage === 'recorded');
    this.voting.vote.casting = false;
    this.voting.keep();
    this.voting.go({ name: 'review' });
  }

  private readReceipts(): void {
    for (const ballot of this.voting.vote.ballots) {
      if (ballot.stage !== 'recorded' || ballot.acknowledgement === undefined) continue;
      try {
        const entry = bytesOf(ballot.entry);
        this.receipts.push(makeReceipt(ballot.acknowledgement, { entry }, this.edition));
      } catch {
        // What the tab kept is damaged; the receipt can be had again from the board.
      }
    }
  }

  /** Nothing is left to be cast: what could cast more, and what was chosen, goes. */
  private wipe(): void {
    this.voting.vote.key = undefined;
    this.voting.vote.certificate = undefined;
    this.voting.vote.ticket = undefined;
    this.voting.vote.session = undefined;
    this.voting.vote.ward = undefined;
    this.voting.vote.choices = this.voting.vote.choices.map((one) => ({ ...one, chosen: [] }));
    this.voting.vote.challenges = [];
    this.voting.keep();
  }
}
