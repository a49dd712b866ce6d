// SPDX-License-Identifier: EUPL-1.2
// The registrar's API as pages use it (docs/openapi.yaml). What it answers is checked before it is used.
import { call, callForText, NoAnswer } from '$ui/api';

export type PersonKind = 'pesel' | 'name-birth-address' | 'resident-card' | 'passport';
export type Channel = 'sms' | 'email';

export interface AskedField {
  readonly name: string;
  readonly required: boolean;
}

/** What a page must know to ask people the right things. */
export interface Service {
  readonly edition: string;
  readonly identifiers: readonly { readonly kind: PersonKind; readonly fields: readonly AskedField[] }[];
  readonly channels: readonly Channel[];
  /** Where codes go: to the contact of the register, to one that is typed, or to either. */
  readonly contact: 'registered' | 'typed' | 'either';
  readonly letters: boolean;
  readonly points: boolean;
  readonly identity_provider: { readonly name: string } | null;
  readonly lowest_level: number;
  readonly code: { readonly digits: number; readonly seconds: number; readonly per_session: number };
  readonly letter_code: { readonly characters: number };
  readonly session_seconds: number;
  readonly guardians: { readonly below_age: number; readonly wards_most: number } | null;
  readonly controller: { readonly name: string; readonly address: string; readonly officer: string };
}

export interface Session {
  readonly session: string;
  readonly level: number;
  /** Unix seconds. */
  readonly expires: number;
}

/** Something that was done in a person's name; never what was voted. */
export interface Use {
  readonly kind: 'certificate' | 'vote' | 'complaint';
  /** Unix seconds: the hour in which it was. */
  readonly time: number;
  readonly count: number;
  readonly level: number | null;
  readonly factor: string | null;
  readonly point: string | null;
  readonly by_guardian: boolean | null;
  readonly notice: string | null;
}

export type Answer = 'mine' | 'not-mine';

/** A question to a person: was that vote yours? */
export interface Hearing {
  readonly number: string;
  /** Unix seconds: the hour in which the vote was confirmed. */
  readonly time: number | null;
  /** Unix seconds: too late from then on. */
  readonly answer_until: number;
  readonly open: boolean;
  readonly answer: Answer | null;
}

export type ComplaintReason = 'vote-not-mine' | 'code-not-asked' | 'letter-not-intact' | 'pressure' | 'other';

export interface Certified {
  /** Base 64. */
  readonly certificate: string;
  readonly notice_ticket: string;
}

type Members = Record<string, unknown>;

function members(value: unknown): Members {
  if (typeof value !== 'object' || value === null) throw new NoAnswer('the answer is no object');
  return value as Members;
}

function sessionOf(value: unknown): Session {
  const { session, level, expires } = members(value);
  if (typeof session !== 'string' || typeof level !== 'number' || typeof expires !== 'number') {
    throw new NoAnswer('the answer is no session');
  }
  return { session, level, expires };
}

function levelOf(value: unknown): number {
  const { level } = members(value);
  if (typeof level !== 'number') throw new NoAnswer('the answer has no level');
  return level;
}

export class Registrar {
  /** `address` without a slash at its end. */
  constructor(private readonly address: string) {}

  private at(path: string): string {
    return `${this.address}/api/v1/${path}`;
  }

  async service(): Promise<Service> {
    const asked = members(await call(this.at('service')));
    const lists = [asked['identifiers'], asked['channels']];
    if (!lists.every(Array.isArray) || typeof asked['lowest_level'] !== 'number') {
      throw new NoAnswer('the answer does not describe the registrar');
    }
    return asked as unknown as Service;
  }

  async identify(person: Readonly<Record<string, string>>): Promise<Session> {
    return sessionOf(await call(this.at('sessions'), { body: person }));
  }

  async actForWard(session: string, person: Readonly<Record<string, string>>): Promise<Session> {
    return sessionOf(await call(this.at('sessions/current/wards'), { body: person, bearer: session }));
  }

  async end(session: string): Promise<void> {
    await call(this.at('sessions/current'), { method: 'DELETE', bearer: session });
  }

  async requestCode(session: string, channel: Channel, contact: string | undefined): Promise<void> {
    await call(this.at('sessions/current/codes'), {
      body: contact === undefined ? { channel } : { channel, contact },
      bearer: session,
    });
  }

  /** The level reached. */
  async checkCode(session: string, code: string): Promise<number> {
    return levelOf(await call(this.at('sessions/current/code'), { body: { code }, bearer: session }));
  }

  async checkLetterCode(session: string, code: string): Promise<number> {
    return levelOf(await call(this.at('sessions/current/letter-code'), { body: { code }, bearer: session }));
  }

  /** Ends the session. `voterKey` in hexadecimal. */
  async certify(session: string, voterKey: string): Promise<Certified> {
    const { certificate, notice_ticket } = members(
      await call(this.at('sessions/current/certificates'), {
        body: { voter_key: voterKey },
        bearer: session,
      }),
    );
    if (typeof certificate !== 'string' || typeof notice_ticket !== 'string') {
      throw new NoAnswer('the answer has no certificate');
    }
    return { certificate, notice_ticket };
  }

  /** What was done in the name of the session's person, and how much older there is. */
  async uses(session: string): Promise<{ uses: readonly Use[]; earlier: number }> {
    const { uses, earlier } = members(await call(this.at('sessions/current/uses'), { bearer: session }));
    if (!Array.isArray(uses) || typeof earlier !== 'number') throw new NoAnswer('the answer has no uses');
    return { uses: uses as Use[], earlier };
  }

  /** The questions to the session's person. */
  async hearings(session: string): Promise<readonly Hearing[]> {
    const { hearings } = members(await call(this.at('sessions/current/hearings'), { bearer: session }));
    if (!Array.isArray(hearings)) throw new NoAnswer('the answer has no questions');
    return hearings as Hearing[];
  }

  async answer(session: string, number: string, answer: Answer, text: string): Promise<void> {
    const path = `sessions/current/hearings/${encodeURIComponent(number)}/answer`;
    await call(this.at(path), { body: text === '' ? { answer } : { answer, text }, bearer: session });
  }

  /** The number of the case that was opened. */
  async complain(session: string, reason: ComplaintReason, text: string): Promise<string> {
    const body = text === '' ? { reason } : { reason, text };
    const { number } = members(await call(this.at('sessions/current/complaints'), { body, bearer: session }));
    if (typeof number !== 'string') throw new NoAnswer('the answer has no number');
    return number;
  }

  /** Where to send the browser. `browser` is a random text that comes back in finishSignIn(). */
  async beginSignIn(browser: string): Promise<string> {
    const { address } = members(await call(this.at('sign-ins'), { body: { browser } }));
    if (typeof address !== 'string' || !/^https?:\/\//.test(address)) {
      throw new NoAnswer('the answer has no address');
    }
    return address;
  }

  async finishSignIn(browser: string, answer: URLSearchParams): Promise<Session> {
    const body: Record<string, string> = { browser };
    for (const name of ['state', 'code', 'error', 'iss']) {
      const value = answer.get(name);
      if (value !== null) body[name] = value;
    }
    return sessionOf(await call(this.at('sign-ins/answers'), { body }));
  }

  /** The information of art. 13 and 14 GDPR, as Markdown. */
  async privacyNotice(): Promise<string> {
    return callForText(this.at('data-protection/notice'));
  }
}
