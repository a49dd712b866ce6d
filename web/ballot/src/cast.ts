// SPDX-License-Identifier: EUPL-1.2
// Sending ballots: again after failures, the same bytes each time, until it is known what became of them.

import { hex } from '../../verify/src/bytes.js';
import { leafHash } from '../../verify/src/merkle.js';
import { decode, fields, keys } from '../../verify/src/cbor.js';
import { toBase64 } from './code.js';
import { ask, HASH, jsonOf, Members, type Answer, type Fetch } from './net.js';
import { BallotError, withTrouble } from './problems.js';
import type { Acknowledgement, CastOutcome, Edition, NextBallot } from './types.js';

const MAXIMUM_ANSWER_BYTES = 524_288;
const MAXIMUM_RECEIPT_BYTES = 196_608;
const LONGEST_WAIT_S = 30;

/** Asks which counter and predecessor the next ballot must carry. Trouble: unreachable, malformed. */
export async function nextBallot(
  edition: Pick<Edition, 'base'>,
  pseudonym: string,
  pool: number,
  get: Fetch = fetch,
): Promise<NextBallot> {
  const url = new URL(`api/v1/next-ballot/${pseudonym}/${pool}`, edition.base).href;
  const answer = await ask(get, url, MAXIMUM_ANSWER_BYTES, { cache: 'no-store' });
  if (answer.status !== 200) {
    throw new BallotError(
      answer.status >= 500 || answer.status === 429 ? 'unreachable' : 'malformed',
      `the ballot box answers ${answer.status}`,
    );
  }
  const m = new Members(jsonOf(answer.body));
  const counter = m.number('counter');
  const previous = m.isNull('previous') ? null : m.text('previous', HASH);
  if ((counter === 0) !== (previous === null)) {
    throw new BallotError('malformed', 'counter and predecessor contradict each other');
  }
  return { counter, previous };
}

export interface CastOptions {
  readonly fetch?: Fetch;
  /** How often to try; 5 unless given. */
  readonly attempts?: number;
  readonly signal?: AbortSignal;
  /** Milliseconds after which an attempt counts as failed; 30,000 unless given. */
  readonly timeout?: number;
  /** Waits so many milliseconds; tests give another. */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Sends a ballot. `recorded` is what the ballot box says: makeReceipt() sees whether it has shown it. `unknown` means that
 * it may or may not be on the board: the page keeps the bytes and sends the same again, which records it at most once.
 */
export async function castBallot(
  edition: Pick<Edition, 'base'>,
  entry: Uint8Array,
  noticeTicket: string,
  options: CastOptions = {},
): Promise<CastOutcome> {
  return send(edition, 'api/v1/ballots', entry, { 'urna-notice': noticeTicket }, options);
}

/** The same for an audited ciphertext. */
export async function submitAudited(
  edition: Pick<Edition, 'base'>,
  auditedEntry: Uint8Array,
  options: CastOptions = {},
): Promise<CastOutcome> {
  return send(edition, 'api/v1/entries', auditedEntry, {}, options);
}

async function send(
  edition: Pick<Edition, 'base'>,
  path: string,
  entry: Uint8Array,
  headers: Readonly<Record<string, string>>,
  options: CastOptions,
): Promise<CastOutcome> {
  const { fetch: get = fetch, attempts = 5, signal, timeout, wait = pause } = options;
  const url = new URL(path, edition.base).href;
  const entryHash = hex(leafHash(entry));
  let retryAfter = 1;
  /** An attempt that was not answered may have been recorded all the same. */
  let doubtful = false;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) await wait(1000 * retryAfter, signal);
    if (signal?.aborted) break;
    let answer: Answer;
    try {
      answer = await ask(
        get,
        url,
        MAXIMUM_ANSWER_BYTES,
        {
          method: 'POST',
          headers: { 'content-type': 'application/cbor', ...headers },
          body: entry.slice(),
          cache: 'no-store',
          ...(signal ? { signal } : {}),
        },
        timeout,
      );
    } catch (error) {
      if (!(error instanceof BallotError)) throw error;
      doubtful = true;
      retryAfter = Math.min(2 ** attempt, LONGEST_WAIT_S);
      continue;
    }
    if (answer.status === 200 || answer.status === 201) {
      try {
        return { kind: 'recorded', acknowledgement: acknowledgementOf(answer.body) };
      } catch (error) {
        if (!(error instanceof BallotError)) throw error;
        doubtful = true;
        continue;
      }
    }
    if (answer.status === 429 || answer.status >= 500) {
      doubtful ||= answer.status >= 500;
      retryAfter = waitAsked(answer.headers) ?? Math.min(2 ** attempt, LONGEST_WAIT_S);
      continue;
    }
    // Refused. If an earlier attempt was not answered, it may be the reason.
    if (doubtful) {
      const found = await lookFor(edition, entryHash, get).catch(() => undefined);
      if (found === undefined) continue;
      if (found !== null) return { kind: 'recorded', acknowledgement: found };
    }
    return { kind: 'refused', status: answer.status, type: typeOf(answer.body) };
  }
  return { kind: 'unknown', retryAfter };
}

/** Whether an entry is on the board: its acknowledgement, or null. Trouble: unreachable, malformed. */
export async function lookFor(
  edition: Pick<Edition, 'base'>,
  entryHash: string,
  get: Fetch = fetch,
): Promise<Acknowledgement | null> {
  const url = new URL(`api/v1/receipts/${entryHash}`, edition.base).href;
  const answer = await ask(get, url, MAXIMUM_RECEIPT_BYTES, { cache: 'no-store' });
  if (answer.status === 404) return null;
  if (answer.status !== 200) throw new BallotError('unreachable', `the ballot box answers ${answer.status}`);
  const index = withTrouble('malformed', () =>
    fields(decode(answer.body), 'the receipt', keys(0, 4)).uint(2),
  );
  return { index, entry: entryHash, recorded_before: true, receipt: toBase64(answer.body) };
}

function acknowledgementOf(body: Uint8Array): Acknowledgement {
  const m = new Members(jsonOf(body));
  return {
    index: m.number('index'),
    entry: m.text('entry', HASH),
    recorded_before: m.boolean('recorded_before'),
    receipt: m.text('receipt', /^[A-Za-z0-9+/=]{1,524288}$/),
  };
}

/** The type of problem details, or that of none. */
function typeOf(body: Uint8Array): string {
  try {
    return new Members(jsonOf(body)).text('type', /^\/problems\/[a-z-]{1,64}$/);
  } catch {
    return 'about:blank';
  }
}

/** Seconds that the service asks to wait, within reason. */
function waitAsked(headers: Headers): number | undefined {
  const text = headers.get('retry-after') ?? '';
  return /^[0-9]{1,5}$/.test(text) ? Math.min(Math.max(Number(text), 1), LONGEST_WAIT_S) : undefined;
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
