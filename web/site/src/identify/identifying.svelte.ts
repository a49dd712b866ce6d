// SPDX-License-Identifier: EUPL-1.2
// Showing who one is, at the registrar: the same for voting and for asking what was done in one's name.
import { BallotError } from '$ballot/problems';
import { NoAnswer, Refused } from '$ui/api';
import { randomHex } from '../shared/bytes';
import { Registrar, type Channel, type Service, type Session } from '../shared/registrar';

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

/** What outlives a reload and a sign-in elsewhere; nothing that a person typed about themselves. */
export interface KeptIdentity {
  session?: { token: string; level: number; expires: number; codesAsked: number } | undefined;
  /** Random text of a sign-in under way at an identity provider. */
  signIn?: string | undefined;
  /** The person acts for a child in their care: named once they have shown who they are. */
  ward?: 'to-be-named' | 'named' | undefined;
}

export abstract class Identifying {
  /** A request of the person's is under way. */
  busy = $state(false);
  trouble = $state<Trouble>();
  private service: Service | undefined;
  /** A code that was sent without an answer. */
  private unanswered: string | undefined;

  constructor(readonly registrar: Registrar | undefined) {}

  /** Whether a guardian can act for a child here. */
  readonly actsForWards: boolean = false;

  /** Read and changed in place. */
  abstract readonly kept: KeptIdentity;
  protected abstract keep(): void;
  /** Shows the page that is due. */
  protected abstract show(page: 'who' | 'code'): void;
  /** The person has shown who they are, at the level of the session. */
  protected abstract known(registrar: Registrar): Promise<void>;

  async askService(): Promise<Service> {
    if (this.registrar === undefined) throw new NoAnswer('no registrar is named');
    this.service ??= await this.registrar.service();
    return this.service;
  }

  /** Runs what the voter asked for, one thing at a time; trouble is kept for the page to say. */
  protected async attempt(work: (registrar: Registrar) => Promise<void>): Promise<void> {
    if (this.busy || this.registrar === undefined) return;
    this.busy = true;
    this.trouble = undefined;
    try {
      await work(this.registrar);
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble.kind === 'session-over') {
        this.kept.session = undefined;
        this.keep();
        this.show('who');
      }
      this.trouble = trouble;
    } finally {
      this.busy = false;
    }
  }

  /** Says whether it is for a child that the person shows who they are. */
  chooseWard(forWard: boolean): void {
    this.kept.ward = forWard && this.actsForWards ? 'to-be-named' : undefined;
    this.keep();
  }

  protected begin(session: Session): void {
    this.kept.session = {
      token: session.session,
      level: session.level,
      expires: session.expires,
      codesAsked: 0,
    };
    this.keep();
  }

  protected get token(): string {
    return this.kept.session?.token ?? '';
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
      this.show('code');
    });
  }

  requestCode(channel: Channel, contact: string | undefined): Promise<void> {
    return this.attempt((registrar) => this.sendCode(registrar, channel, contact));
  }

  private async sendCode(registrar: Registrar, channel: Channel, contact: string | undefined): Promise<void> {
    await registrar.requestCode(this.token, channel, contact);
    if (this.kept.session !== undefined) ++this.kept.session.codesAsked;
    this.keep();
  }

  checkCode(code: string, letter: boolean): Promise<void> {
    return this.attempt(async (registrar) => {
      try {
        const level = letter
          ? await registrar.checkLetterCode(this.token, code)
          : await registrar.checkCode(this.token, code);
        this.reach(level);
      } catch (error) {
        if (error instanceof NoAnswer) this.unanswered = code;
        if (!(error instanceof Refused && error.kind === 'wrong-code' && code === this.unanswered))
          throw error;
        await this.goOnUnanswered(registrar, error);
        return;
      }
      await this.known(registrar);
    });
  }

  private reach(level: number): void {
    this.unanswered = undefined;
    if (this.kept.session !== undefined) this.kept.session.level = level;
    this.keep();
  }

  /** A code is good for once: one that is refused may have been right when it was sent before and that answer was lost. */
  private async goOnUnanswered(registrar: Registrar, refusal: Refused): Promise<void> {
    const before = this.kept.session?.level ?? 1;
    this.reach((await this.askService()).lowest_level);
    try {
      await this.known(registrar);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.reach(before);
      throw refusal;
    }
  }

  /** Leaves for the identity provider. */
  signIn(): Promise<void> {
    return this.attempt(async (registrar) => {
      const browser = randomHex(32);
      const address = await registrar.beginSignIn(browser);
      this.kept.signIn = browser;
      this.keep();
      location.assign(address);
    });
  }

  /** Comes back from the identity provider with its answer. */
  finishSignIn(answer: URLSearchParams): Promise<void> {
    return this.attempt(async (registrar) => {
      const browser = this.kept.signIn ?? '';
      this.kept.signIn = undefined;
      this.keep();
      this.begin(await registrar.finishSignIn(browser, answer));
      await this.known(registrar);
    });
  }

  /** The person is known; tries once more what comes then. */
  goOn(): Promise<void> {
    return this.attempt((registrar) => this.known(registrar));
  }
}
