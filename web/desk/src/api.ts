// SPDX-License-Identifier: EUPL-1.2
// Calls to the desk (docs/openapi.yaml). The session is a cookie that this code cannot see.
import { NoAnswer } from '$ui/api';
import { language } from '$ui/language.svelte';

export type Role = 'official' | 'administrator' | 'dpo';

export interface Official {
  readonly reference: string;
  readonly name: string;
  readonly role: Role;
  readonly registered: boolean;
  readonly revoked: boolean;
  readonly signing_key: string | null;
}
export interface Desk {
  readonly relying_party: string;
  readonly name: string;
  readonly registrar: string;
  readonly official: Official | null;
  readonly boxes: readonly { readonly name: string; readonly url: string }[];
}
export interface Fault {
  readonly place: string;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly remedy: string;
}
export type Step =
  | 'draft'
  | 'starting'
  | 'commitments'
  | 'dealings'
  | 'acceptances'
  | 'roll'
  | 'opening'
  | 'voting'
  | 'issuance'
  | 'annulments'
  | 'mixing'
  | 'decryption'
  | 'counting'
  | 'announcement'
  | 'announced';
export interface Listed {
  readonly id: string;
  readonly title: string;
  readonly frozen: number | null;
  readonly announced: number | null;
  readonly step: Step;
}
/** What officials decide about ballots: to freeze them, one alone; the other two together. */
const BALLOT_ACTIONS = ['freeze', 'annul', 'uphold'] as const;
export type BallotAction = (typeof BALLOT_ACTIONS)[number];
export function isBallotAction(text: string | undefined): text is BallotAction {
  return (BALLOT_ACTIONS as readonly (string | undefined)[]).includes(text);
}

export interface Proposal {
  readonly id: string;
  readonly action: 'open' | 'extend' | BallotAction | 'keep' | 'close' | 'announce';
  readonly state: 'open' | 'expired' | 'confirmed' | 'done' | 'withdrawn' | 'refused';
  readonly proposer: string;
  readonly created: number;
  readonly expires: number;
  readonly statement: string;
  readonly signatures: readonly { readonly official: string; readonly time: number }[];
}
export interface PoolState {
  readonly id: string;
  readonly title: string;
  readonly money: string;
  readonly projects: number;
  readonly counted: number;
  readonly withheld: boolean;
  readonly mixed: readonly number[];
  readonly decrypted: readonly number[];
  readonly result: {
    readonly valid: number;
    readonly blank: number;
    readonly cost: string;
    readonly winners: readonly { readonly id: string; readonly name: string; readonly cost: string }[];
  } | null;
}
export interface RecordState {
  readonly edition: string;
  readonly fingerprint: string;
  readonly name: string;
  readonly title: string;
  readonly resolution: string;
  readonly opens: number;
  readonly closes: number;
  readonly step: Step;
  readonly awaited: readonly number[];
  readonly entries: number;
  readonly root: string;
  readonly ballots: number;
  readonly opened: number | null;
  readonly closed: number | null;
  readonly certificates: number;
  readonly cosigned: boolean;
  readonly complete: boolean;
  /** Entries of ballots that wait for a decision; from the closing on. */
  readonly frozen: readonly number[];
  readonly threshold: number;
  readonly privacy_minimum: number;
  readonly trustees: readonly { readonly name: string; readonly fingerprint: string }[];
  readonly officials: readonly string[];
  readonly pools: readonly PoolState[];
}
export interface Rehearsal {
  readonly running: boolean;
  readonly version: number;
  readonly ballots: number;
  readonly time: number;
  readonly failed: Fault | null;
  readonly pools: readonly {
    readonly id: string;
    readonly title: string;
    readonly votes: number;
    readonly valid: number;
    readonly invalid: number;
    readonly same_votes: boolean;
    readonly same_winners: boolean;
    readonly winners: readonly string[];
    readonly cost: string;
    readonly money: string;
  }[];
}
export interface Edition {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly frozen: number | null;
  readonly announced: number | null;
  readonly box: string;
  readonly draft: Record<string, unknown>;
  readonly files: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly trustee: string;
    readonly fingerprint: string;
  }[];
  readonly problems: readonly Fault[];
  readonly proposals: readonly Proposal[];
  readonly handed_in: readonly {
    readonly name: string;
    readonly fate: 'added' | 'known' | 'waiting' | 'refused';
    readonly what: string;
    readonly reason: string;
  }[];
  readonly work: {
    readonly running: boolean;
    readonly doing: string;
    readonly failed: Fault | null;
    readonly failed_at: number | null;
    readonly box: {
      readonly has_record: boolean;
      readonly entries: number;
      readonly ballots: number;
      readonly phase: string;
      readonly accepting: boolean;
      /** The end in force, if it was put off. */
      readonly closes: number | null;
      readonly extensions: number;
    } | null;
  };
  readonly record: RecordState | null;
  readonly rehearsal: Rehearsal | null;
}
/** Of the rehearsal with authors. */
export interface Remark {
  readonly id: string;
  readonly link: string;
  readonly pool: string;
  readonly project: string;
  readonly version: number;
  readonly time: number;
  readonly text: string;
  /** When an official dealt with it. */
  readonly handled: number | null;
  readonly answer: string;
}
export interface Authors {
  readonly now: number;
  /** The voting was opened. */
  readonly over: boolean;
  readonly links: readonly {
    readonly id: string;
    readonly created: number;
    readonly expires: number;
    readonly revoked: boolean;
  }[];
  readonly remarks: readonly Remark[];
}
export interface Logged {
  readonly position: number;
  readonly time: number;
  readonly role: string;
  readonly actor: string;
  readonly action: string;
  readonly edition: string | null;
  readonly about: string | null;
}

/** What the desk refused. `message` and `remedy` are the program's own words, in English. */
export class DeskRefused extends Error {
  constructor(
    readonly kind: string,
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly field: string,
    readonly words: string,
    readonly remedy: string,
  ) {
    super(`${status} ${kind}`);
  }
}

const BASE = '/api/v1/desk';
const ANSWER_BYTES_MAX = 32 << 20;

interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: object | Uint8Array;
  /** JSON as it is in a file: what is signed must not be written anew. */
  readonly text?: string;
  readonly version?: number;
  readonly timeoutMs?: number;
}

async function send(path: string, asked: Asked): Promise<Response> {
  const headers: Record<string, string> = { 'accept-language': language.now };
  const method = asked.method ?? 'GET';
  if (method !== 'GET') headers['urna-desk'] = '1';
  if (asked.version !== undefined) headers['urna-version'] = String(asked.version);
  let body: BodyInit | undefined;
  if (asked.body instanceof Uint8Array) {
    headers['content-type'] = 'application/octet-stream';
    body = asked.body as Uint8Array<ArrayBuffer>;
  } else if (asked.text !== undefined) {
    headers['content-type'] = 'application/json';
    body = asked.text;
  } else if (asked.body !== undefined) {
    headers['content-type'] = 'application/json';
    body = JSON.stringify(asked.body);
  }
  try {
    return await fetch(BASE + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      credentials: 'same-origin',
      redirect: 'error',
      cache: 'no-store',
      signal: AbortSignal.timeout(asked.timeoutMs ?? 60_000),
    });
  } catch (error) {
    throw new NoAnswer(String(error));
  }
}

async function refusal(response: Response): Promise<DeskRefused> {
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse((await response.text()).slice(0, 100_000));
    if (typeof parsed === 'object' && parsed !== null) body = parsed as Record<string, unknown>;
  } catch {
    // A refusal that is no problem details: of a proxy, perhaps.
  }
  const text = (name: string): string => (typeof body[name] === 'string' ? (body[name] as string) : '');
  return new DeskRefused(
    text('type').replace(/^\/problems\//, '') || 'unknown',
    response.status,
    text('title') || `HTTP ${response.status}`,
    text('detail'),
    text('field'),
    text('message'),
    text('remedy'),
  );
}

export async function ask<Answer>(path: string, asked: Asked = {}): Promise<Answer> {
  const response = await send(path, asked);
  if (!response.ok) throw await refusal(response);
  const text = await response.text();
  if (text.length > ANSWER_BYTES_MAX) throw new NoAnswer('the answer is too long');
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

export async function getBytes(path: string): Promise<Uint8Array> {
  const response = await send(path, {});
  if (!response.ok) throw await refusal(response);
  return new Uint8Array(await response.arrayBuffer());
}

const at = (id: string): string => `/editions/${encodeURIComponent(id)}`;

export const api = {
  desk: () => ask<Desk>(''),
  beginRegistration: (invitation: string) =>
    ask<{ challenge: string; reference: string; name: string; role: Role }>('/registrations', {
      method: 'POST',
      body: { invitation },
    }),
  finishRegistration: (body: object) =>
    ask<{ official: Official }>('/registrations/answers', { method: 'POST', body }),
  beginSignIn: () => ask<{ challenge: string }>('/sign-ins', { method: 'POST', body: {} }),
  finishSignIn: (body: object) => ask<{ official: Official }>('/sign-ins/answers', { method: 'POST', body }),
  signOut: () => ask<void>('/session', { method: 'DELETE' }),
  giveKey: (body: { signing_key: string; signature: string }) =>
    ask<void>('/session/key', { method: 'POST', body }),
  officials: () => ask<{ officials: Official[] }>('/officials'),
  log: (edition: string) =>
    ask<{ actions: Logged[] }>(`/log${edition === '' ? '' : `?edition=${encodeURIComponent(edition)}`}`),
  editions: () => ask<{ editions: Listed[] }>('/editions'),
  create: (from: string) =>
    ask<{ id: string; version: number }>('/editions', { method: 'POST', body: from === '' ? {} : { from } }),
  edition: (id: string) => ask<Edition>(at(id)),
  save: (id: string, version: number, draft: object) =>
    ask<{ version: number; problems: Fault[] }>(`${at(id)}/draft`, { method: 'PUT', version, body: draft }),
  putFile: (id: string, name: string, body: Uint8Array) =>
    ask<void>(`${at(id)}/files/${encodeURIComponent(name)}`, { method: 'PUT', body }),
  removeFile: (id: string, name: string) =>
    ask<void>(`${at(id)}/files/${encodeURIComponent(name)}`, { method: 'DELETE' }),
  preview: (id: string) => getBytes(`${at(id)}/preview.cbor`),
  /** Empty if there is none. */
  presentation: (id: string) => getBytes(`${at(id)}/presentation.json`),
  authors: (id: string) => ask<Authors>(`${at(id)}/authors`),
  makeAuthorLink: (id: string, days: string) =>
    ask<{ id: string; link: string; expires: number }>(`${at(id)}/authors/links`, {
      method: 'POST',
      body: { days },
    }),
  revokeAuthorLink: (id: string, link: string) =>
    ask<void>(`${at(id)}/authors/links/${encodeURIComponent(link)}`, { method: 'DELETE' }),
  handleRemark: (id: string, remark: string, answer: string) =>
    ask<void>(`${at(id)}/authors/remarks/${encodeURIComponent(remark)}/handling`, {
      method: 'POST',
      body: { answer },
    }),
  rehearse: (id: string, ballots: number) =>
    ask<void>(`${at(id)}/rehearsals`, { method: 'POST', body: { ballots: String(ballots) } }),
  freeze: (id: string, version: number) =>
    ask<{ edition: string }>(`${at(id)}/freezing`, { method: 'POST', version }),
  handIn: (id: string, name: string, body: Uint8Array) =>
    ask<void>(`${at(id)}/inbox/${encodeURIComponent(name)}`, {
      method: 'PUT',
      body,
      timeoutMs: 600_000,
    }),
  endAnnulments: (id: string) => ask<void>(`${at(id)}/end-of-annulments`, { method: 'POST' }),
  propose: (id: string, action: Proposal['action'], more: Readonly<Record<string, string>> = {}) =>
    ask<{ proposal: string }>(`${at(id)}/proposals`, { method: 'POST', body: { action, ...more } }),
  sign: (id: string, proposal: string, body: object) =>
    ask<{ confirmed: boolean }>(`${at(id)}/proposals/${encodeURIComponent(proposal)}/signatures`, {
      method: 'POST',
      body,
    }),
  withdraw: (id: string, proposal: string) =>
    ask<void>(`${at(id)}/proposals/${encodeURIComponent(proposal)}`, { method: 'DELETE' }),
};

/** Addresses of downloads. */
export const recordAddress = (id: string): string => `${BASE}${at(id)}/record.tar`;
export const manifestAddress = (id: string): string => `${BASE}${at(id)}/manifest.cbor`;
