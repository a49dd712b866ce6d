// SPDX-License-Identifier: EUPL-1.2
// A ballot that is sent over a broken connection is recorded once, or the page knows that it does not know.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { kindOf } from '../../verify/src/entries.js';
import {
  castBallot,
  makeBallot,
  makeReceipt,
  nextBallot,
  revealChallenge,
  submitAudited,
  type CastOptions,
  type CastOutcome,
  type PreparedBallot,
} from '../src/index.js';
import { load, Town, voterOf } from './town.js';

const town = new Town();
const edition = await load(town);
let people = 0;

async function prepared(): Promise<PreparedBallot> {
  const { certificate, key } = voterOf(town, edition, { name: `person ${people++}` });
  const next = await nextBallot(edition, certificate.pseudonym, 0, town.fetch);
  return makeBallot(edition, 0, { kind: 'approval', projects: [2] }, certificate, key, next);
}

const ballots = (): number => town.record.entries.filter((entry) => kindOf(entry) === 'ballot').length;
const waits: number[] = [];
const options = (more: CastOptions = {}): CastOptions => ({
  fetch: town.fetch,
  wait: async (ms) => void waits.push(ms),
  ...more,
});

test('whatever happens to requests and answers, it is recorded once', async () => {
  const mishaps: Town['trouble'][] = [
    [],
    ['lost'],
    ['answer-lost'],
    [503],
    [429],
    [500],
    ['lost', 'answer-lost', 503, 'answer-lost'],
    ['answer-lost', 503],
    // Refused although it was recorded: the receipt is asked for.
    ['answer-lost', 409],
    ['answer-lost', 403],
    ['answer-lost', 422, 'lost', 'answer-lost'],
  ];
  for (const mishap of mishaps) {
    const ballot = await prepared();
    const before = ballots();
    town.trouble.push(...mishap);
    const outcome = await castBallot(edition, ballot.entry, 'ticket', options());
    town.trouble.length = 0;
    assert.equal(outcome.kind, 'recorded', JSON.stringify(mishap));
    assert.equal(ballots(), before + 1);
    const { acknowledgement } = outcome as CastOutcome & { kind: 'recorded' };
    assert.equal(makeReceipt(acknowledgement, ballot, edition).receipt.entry, ballot.entryHash);
  }
});

test('what is not known is said to be unknown, and sending it again later records it once', async () => {
  for (const mishap of [
    Array(5).fill('lost'),
    Array(5).fill(503),
    Array(5).fill('answer-lost'),
  ] as Town['trouble'][]) {
    const ballot = await prepared();
    const before = ballots();
    town.trouble.push(...mishap);
    const outcome = await castBallot(edition, ballot.entry, 'ticket', options());
    assert.deepEqual(town.trouble, []);
    assert.equal(outcome.kind, 'unknown');
    assert.ok((outcome as { retryAfter: number }).retryAfter >= 1);
    assert.equal((await castBallot(edition, ballot.entry, 'ticket', options())).kind, 'recorded');
    assert.equal(ballots(), before + 1);
  }
});

test('a refusal is told with its reason and not repeated', async () => {
  const ballot = await prepared();
  const before = ballots();
  for (const status of [403, 409, 422, 400]) {
    town.trouble.push(status);
    const count = town.requests.length;
    const outcome = await castBallot(edition, ballot.entry, 'ticket', options());
    assert.deepEqual(outcome, { kind: 'refused', status, type: '/problems/test' });
    assert.equal(town.requests.length, count + 1);
  }
  assert.equal(ballots(), before);
  // Refused after an attempt that was lost: not on the board, so it is a refusal.
  town.trouble.push('lost', 409);
  assert.equal((await castBallot(edition, ballot.entry, 't', options())).kind, 'refused');
  assert.equal(ballots(), before);
});

test('two tabs: the second learns that the first was recorded, and makes its ballot anew', async () => {
  const { certificate, key } = voterOf(town, edition, { name: 'two tabs' });
  const next = await nextBallot(edition, certificate.pseudonym, 0, town.fetch);
  const make = (project: number, after: typeof next): PreparedBallot =>
    makeBallot(edition, 0, { kind: 'approval', projects: [project] }, certificate, key, after);
  const [one, two] = [make(1, next), make(2, next)];
  assert.equal((await castBallot(edition, one.entry, 't', options())).kind, 'recorded');
  const refused = await castBallot(edition, two.entry, 't', options());
  assert.deepEqual(refused, { kind: 'refused', status: 409, type: '/problems/ballot-conflict' });
  const again = await nextBallot(edition, certificate.pseudonym, 0, town.fetch);
  assert.deepEqual(again, { counter: 1, previous: one.entryHash });
  assert.equal((await castBallot(edition, make(2, again).entry, 't', options())).kind, 'recorded');
});

test('a nonsensical answer is not taken for an acknowledgement', async () => {
  const ballot = await prepared();
  for (const body of ['', '{}', '[]', '{"index":-1}', 'null', '<html>']) {
    let asked = 0;
    const get = (async () => {
      asked++;
      return new Response(body, { status: 201 });
    }) as unknown as typeof fetch;
    const outcome = await castBallot(edition, ballot.entry, 't', options({ fetch: get, attempts: 2 }));
    assert.equal(outcome.kind, 'unknown', body);
    assert.equal(asked, 2);
  }
  const endless = (async () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(65_536));
        },
      }),
    )) as unknown as typeof fetch;
  assert.equal(
    (await castBallot(edition, ballot.entry, 't', options({ fetch: endless, attempts: 1 }))).kind,
    'unknown',
  );
});

test('waits as long as asked, within reason, and gives up when told', async () => {
  const ballot = await prepared();
  waits.length = 0;
  const asking = (value: string): typeof fetch =>
    (async () =>
      new Response('', { status: 503, headers: { 'retry-after': value } })) as unknown as typeof fetch;
  for (const [value, ms] of [
    ['3', 3000],
    ['9999', 30_000],
    ['0', 1000],
    ['soon', 2000],
    ['-5', 2000],
  ] as const) {
    waits.length = 0;
    await castBallot(edition, ballot.entry, 't', options({ fetch: asking(value), attempts: 2 }));
    assert.deepEqual(waits, [ms], value);
  }
  const stop = new AbortController();
  let asked = 0;
  const get = (async () => {
    asked++;
    stop.abort();
    throw new TypeError('failed to fetch');
  }) as unknown as typeof fetch;
  const outcome = await castBallot(edition, ballot.entry, 't', options({ fetch: get, signal: stop.signal }));
  assert.equal(outcome.kind, 'unknown');
  assert.equal(asked, 1);
});

test('an answer that never comes ends in time', async () => {
  const ballot = await prepared();
  const get = ((_url: string, { signal }: RequestInit) =>
    new Promise((_resolve, reject) =>
      signal!.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))),
    )) as unknown as typeof fetch;
  const outcome = await castBallot(
    edition,
    ballot.entry,
    't',
    options({ fetch: get, attempts: 2, timeout: 20 }),
  );
  assert.equal(outcome.kind, 'unknown');
});

test('an audited ciphertext is sent the same way', async () => {
  const ballot = await prepared();
  town.trouble.push('answer-lost');
  const { auditedEntry } = revealChallenge(ballot, edition);
  const outcome = await submitAudited(edition, auditedEntry, options());
  assert.equal(outcome.kind, 'recorded');
  assert.equal(town.record.entries.filter((entry) => kindOf(entry) === 'audited').length, 1);
});
