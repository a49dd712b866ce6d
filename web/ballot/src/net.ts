// SPDX-License-Identifier: EUPL-1.2
// Asking a service: within bounds of time and size, without cookies, following nobody elsewhere.

import { joinAll } from '../../verify/src/bytes.js';
import { BallotError } from './problems.js';

export type Fetch = typeof fetch;

const TIMEOUT_MS = 30_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** The whole answer, whatever its status. Trouble: unreachable (also when it takes too long), malformed (too long). */
export async function ask(
  get: Fetch,
  url: string,
  limit: number,
  options: RequestInit & { readonly signal?: AbortSignal } = {},
  timeout = TIMEOUT_MS,
): Promise<Answer> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const timer = setTimeout(end, timeout);
  options.signal?.addEventListener('abort', end, { once: true });
  if (options.signal?.aborted) end();
  try {
    const response = await get(url, {
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      ...options,
      signal: ending.signal,
    });
    return { status: response.status, headers: response.headers, body: await bodyOf(response, limit) };
  } catch (error) {
    if (error instanceof BallotError) throw error;
    throw new BallotError('unreachable', `${url} does not answer`, { cause: error });
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', end);
  }
}

async function bodyOf(response: Response, limit: number): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (length > limit) {
      await reader.cancel();
      throw new BallotError('malformed', `an answer has more than ${limit} bytes`);
    }
    parts.push(part.value);
  }
  return joinAll(parts);
}

/** A file that must be there. Trouble: unreachable, malformed. */
export async function askForFile(
  get: Fetch,
  url: string,
  limit: number,
  fresh = false,
  how: Omit<RequestInit, 'signal'> = {},
): Promise<Uint8Array> {
  const file = await askForFileIfAny(get, url, limit, fresh, how);
  if (file === undefined) throw new BallotError('malformed', `${url} is missing`);
  return file;
}

/** The same; undefined if there is none. */
export async function askForFileIfAny(
  get: Fetch,
  url: string,
  limit: number,
  fresh = false,
  how: Omit<RequestInit, 'signal'> = {},
): Promise<Uint8Array | undefined> {
  const answer = await ask(get, url, limit, fresh ? { ...how, cache: 'no-store' } : how);
  if (answer.status === 200) return answer.body;
  if (answer.status === 404) return undefined;
  throw new BallotError(
    answer.status >= 500 || answer.status === 429 ? 'unreachable' : 'malformed',
    `${url} answers ${answer.status}`,
  );
}

/** An answer of JSON. Trouble: malformed. */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch (error) {
    throw new BallotError('malformed', 'an answer is not JSON', { cause: error });
  }
}

/** A member of an object of JSON, if it has the type asked for; otherwise trouble: malformed. */
export class Members {
  private readonly members: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new BallotError('malformed', 'an answer is not an object');
    }
    this.members = value as Record<string, unknown>;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.members, name) && this.members[name] !== undefined;
  }

  text(name: string, pattern = /^[^]{0,65536}$/): string {
    const value = this.get(name);
    if (typeof value !== 'string' || !pattern.test(value)) throw this.wrong(name);
    return value;
  }

  number(name: string): number {
    const value = this.get(name);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw this.wrong(name);
    return value;
  }

  boolean(name: string): boolean {
    const value = this.get(name);
    if (typeof value !== 'boolean') throw this.wrong(name);
    return value;
  }

  list(name: string): readonly unknown[] {
    const value = this.get(name);
    if (!Array.isArray(value)) throw this.wrong(name);
    return value;
  }

  object(name: string): unknown {
    return this.get(name);
  }

  isNull(name: string): boolean {
    return this.get(name) === null;
  }

  private get(name: string): unknown {
    if (!this.has(name)) throw this.wrong(name);
    return this.members[name];
  }

  private wrong(name: string): BallotError {
    return new BallotError('malformed', `the member ${name} of an answer is missing or wrong`);
  }
}

export const HASH = /^[0-9a-f]{64}$/;
