// SPDX-License-Identifier: EUPL-1.2
// Asking the registrar what was done in one's name, and reporting that it was somebody else.
import { Identifying, type KeptIdentity } from '../identify/identifying.svelte';
import { Refused } from '$ui/api';
import type { Answer, ComplaintReason, Hearing, Registrar, Use } from '../shared/registrar';
import { RETURN_KEY } from '../shared/return';

export type AskingPage =
  | 'start'
  | 'who'
  | 'code'
  | 'uses'
  | 'question'
  | 'answered'
  | 'complaint'
  | 'complained';

const KEY = 'urna.asking';

function readKept(): KeptIdentity {
  try {
    return (JSON.parse(sessionStorage.getItem(KEY) ?? '{}') as KeptIdentity | null) ?? {};
  } catch {
    return {};
  }
}

export class Asking extends Identifying {
  page = $state<AskingPage>('start');
  uses = $state.raw<readonly Use[]>([]);
  earlier = $state(0);
  questions = $state.raw<readonly Hearing[]>([]);
  /** The session does not show well enough who the person is to be asked. */
  questionsHidden = $state(false);
  question = $state.raw<Hearing>();
  caseNumber = $state('');
  readonly kept: KeptIdentity = $state(readKept());

  constructor(registrar: Registrar | undefined) {
    super(registrar);
  }

  protected keep(): void {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(this.kept));
      if (this.kept.signIn !== undefined) sessionStorage.setItem(RETURN_KEY, location.pathname);
    } catch {
      // Then a sign-in elsewhere does not come back here, and is begun again.
    }
  }

  protected show(page: 'who' | 'code'): void {
    this.page = page;
  }

  protected async known(registrar: Registrar): Promise<void> {
    const told = await registrar.uses(this.kept.session?.token ?? '');
    this.uses = told.uses;
    this.earlier = told.earlier;
    await this.askQuestions(registrar);
    this.page = 'uses';
  }

  private async askQuestions(registrar: Registrar): Promise<void> {
    this.questionsHidden = false;
    try {
      this.questions = await registrar.hearings(this.kept.session?.token ?? '');
    } catch (error) {
      if (!(error instanceof Refused) || error.kind !== 'not-well-enough-known') throw error;
      this.questions = [];
      this.questionsHidden = true;
    }
  }

  open(question: Hearing): void {
    this.question = question;
    this.page = 'question';
  }

  answer(answer: Answer, text: string): Promise<void> {
    return this.attempt(async (registrar) => {
      const asked = this.question;
      if (asked === undefined) return;
      await registrar.answer(this.kept.session?.token ?? '', asked.number, answer, text);
      this.question = { ...asked, answer };
      this.questions = this.questions.map((one) => (one.number === asked.number ? { ...one, answer } : one));
      this.page = 'answered';
    });
  }

  complain(reason: ComplaintReason, text: string): Promise<void> {
    return this.attempt(async (registrar) => {
      this.caseNumber = await registrar.complain(this.kept.session?.token ?? '', reason, text);
      this.page = 'complained';
    });
  }

  /** Ends the session and forgets everything. */
  async end(): Promise<void> {
    const token = this.kept.session?.token;
    this.kept.session = undefined;
    this.kept.signIn = undefined;
    this.uses = [];
    this.questions = [];
    this.question = undefined;
    this.page = 'start';
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // Nothing was kept.
    }
    // It ends by itself within half an hour, should this not arrive.
    if (token !== undefined) await this.registrar?.end(token).catch(() => undefined);
  }
}
